/** Faults: pure functions from a script to a script, their grammar and their rules. */
export { FaultError, type FaultErrorCode } from "./model/index.ts";
export { faultsOf } from "./request-faults.ts";
export { FaultRules } from "./rules.ts";
