/** Types of scenarios, outcomes, verdicts and run traces, with small helpers. */
export {
  type Capability,
  ClientFailure,
  type ClientHello,
  type ClientInfo,
  type ClientOperation,
  type ClientRun,
  type Control,
  type Driver,
  type Lease,
  Skip,
} from "./driver.ts";
export { type Embedding, type ErrorKind, type Outcome, type OutcomeError, type ToolCall } from "./outcome.ts";
export {
  type CallTrace,
  type ExchangeTrace,
  type Lateness,
  type Needs,
  type RunTrace,
  expectedExchanges,
  lastOutcome,
} from "./run-trace.ts";
export {
  type Answers,
  type Call,
  type Check,
  type Level,
  type LiveScript,
  type Scenario,
  type ScenarioInit,
  type ServedRequest,
  defineScenario,
} from "./scenario.ts";
export { SuiteError, type SuiteErrorCode } from "./suite-error.ts";
export { type CommandEnd, type Coverage, type OperationCount } from "./traffic-end.ts";
export {
  FAIL_ON,
  type FailOn,
  type Result,
  type Verdict,
  type VerdictFinding,
  hangResult,
  isBad,
  isReached,
  judge,
  tooManyInconclusive,
  worstOf,
} from "./verdict.ts";
