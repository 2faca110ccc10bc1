/** Faults: pure functions from script to script, their grammar and their rules. */
export { tryFaults } from "./apply.ts";
export { FaultError, type FaultErrorCode } from "./model/index.ts";
export { makeFaults } from "./request-faults.ts";
export { FaultRules } from "./rules.ts";
