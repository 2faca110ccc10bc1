/** Plays the library: the matching interaction of a session. */
export { Player } from "./player.ts";
