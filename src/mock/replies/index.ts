/** Interactions added by a test at run time. */
export { type AddedInteractions, readAdded } from "./check.ts";
export { Stubs } from "./stubs.ts";
