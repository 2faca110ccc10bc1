/** Scenarios, one file for each subject. */
export { SCENARIOS } from "./all.ts";
export { json } from "./scripts.ts";
