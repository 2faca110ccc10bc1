/** Control API below `/__gatetape`. */
export { controlApi } from "./control.ts";
export { ControlTokenError, type ControlTokenErrorCode, controlToken } from "./token.ts";
