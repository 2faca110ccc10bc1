/** Player of the library: finds the matching interaction of a session. */
export { KeyNameError, type KeyNameErrorCode, namedKeys } from "./named-keys.ts";
export { Player } from "./player.ts";
