/** The faults themselves, a file for each group. */
export { FAULTS, faultNamed } from "./all.ts";
