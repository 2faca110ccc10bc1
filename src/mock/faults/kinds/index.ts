/** Faults, one file for each group. */
export { FAULTS, faultNamed } from "./all.ts";
