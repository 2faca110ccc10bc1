/** Control API below `/__gatetape`. */
export { controlApi } from "./control.ts";
