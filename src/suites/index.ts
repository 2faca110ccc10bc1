export { adapterDriver, type AdapterDriver, AdapterError } from "./adapter/index.ts";
export {
  type Capability,
  type ClientInfo,
  type ClientOperation,
  type ClientRun,
  type Control,
  type Driver,
  Skip,
} from "./driver.ts";
export {
  cassetteTraffic,
  Cleaner,
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
  type TrafficVerdict,
} from "./gate/index.ts";
export { type KnownFailure, markKnown, parseKnownFailures, staleEntries } from "./known-failures.ts";
export type { Choice, ErrorKind, Final, Outcome, OutcomeError, ToolCall } from "./outcome.ts";
export { PROFILES } from "./profiles.ts";
export {
  type EndRecord,
  plannedExchange,
  type RecordLine,
  type RunRecord,
  traceRecord,
  type TraceRecord,
} from "./record.ts";
export { runScenarios, type RunOptions, subjectOf } from "./run.ts";
export { defineScenario, type Level, type Scenario } from "./scenario.ts";
export { matches, parseShard, type Selection, selectScenarios } from "./select.ts";
export { SuiteError, type SuiteErrorCode } from "./suite-error.ts";
export { SCENARIOS } from "./scenarios/index.ts";
export { FAIL_ON, type FailOn, isBad, type Result, type Verdict, type VerdictFinding } from "./verdict.ts";
