/** Player of the library: finds the matching interaction of a session. */
export { Player } from "./player.ts";
