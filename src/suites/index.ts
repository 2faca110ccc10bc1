export {
  adapterDriver,
  type AdapterDriver,
  type AdapterDriverOptions,
  AdapterError,
  type AdapterErrorCode,
} from "./adapter/index.ts";
export {
  CAPABILITIES,
  type Capability,
  ClientFailure,
  type ClientFailureCode,
  type ClientHello,
  type ClientInfo,
  type ClientOperation,
  type ClientRun,
  type Control,
  type Driver,
  Skip,
} from "./driver.ts";
export {
  BASE_VARIABLES,
  cassetteTraffic,
  Cleaner,
  type CommandEnd,
  type Coverage,
  coverageOf,
  driftOf,
  type EndedCommand,
  type ExpectedParam,
  harTraffic,
  journalTraffic,
  judgeScenario,
  judgeTraffic,
  keysOf,
  type LevelSetting,
  observe,
  percentOf,
  type RunningCommand,
  type SavedTraffic,
  scenarioSource,
  signalExitCode,
  startCommand,
  type Traffic,
  TRAFFIC_CHECKS,
  type TrafficCheck,
  type TrafficVerdict,
} from "./gate/index.ts";
export { type KnownFailure, markKnown, parseKnownFailures, staleEntries } from "./known-failures.ts";
export type { Choice, ErrorKind, Final, Outcome, OutcomeError, ToolCall } from "./outcome.ts";
export { PROFILES } from "./profiles.ts";
export {
  type Bytes,
  type CallRecord,
  type EndRecord,
  type ExchangeRecord,
  plannedExchange,
  type RecordLine,
  type RunRecord,
  traceRecord,
  type TraceRecord,
  type WriteRecord,
} from "./record.ts";
export { runScenarios, type RunOptions, subjectOf } from "./run.ts";
export type { CallTrace, ExchangeTrace, Needs, RunTrace } from "./run-trace.ts";
export {
  type Answers,
  type Call,
  type Check,
  defineScenario,
  type Level,
  type Scenario,
  type ScenarioInit,
  type StageRequest,
} from "./scenario.ts";
export { matches, parseShard, type Selection, selectScenarios, type Shard } from "./select.ts";
export { SuiteError, type SuiteErrorCode } from "./suite-error.ts";
export { SCENARIOS } from "./scenarios/index.ts";
export {
  FAIL_ON,
  type FailOn,
  isBad,
  judge,
  type Judgement,
  type Result,
  RESULTS,
  type Verdict,
  type VerdictFinding,
} from "./verdict.ts";
