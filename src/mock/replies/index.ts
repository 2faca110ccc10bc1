/** Interactions that a test adds at run time. */
export { Stubs } from "./stubs.ts";
