/** Maps that hold a limited number of entries. */
export { RecentMap } from "./recent-map.ts";
export { TwoGenerations } from "./two-generations.ts";
