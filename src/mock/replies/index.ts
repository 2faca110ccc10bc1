/** Interactions added by a test at run time. */
export { Stubs } from "./stubs.ts";
