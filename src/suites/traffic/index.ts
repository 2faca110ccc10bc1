/** Judging of any traffic: of a command behind the gate, or saved. */
export { Cleaner } from "./clean.ts";
export { type EndedCommand, type RunningCommand, signalExitCode, startCommand } from "./command.ts";
export { countCoverage, percentOf } from "./coverage.ts";
export { findDrift } from "./drift.ts";
export { type LevelSetting, TRAFFIC_CHECKS, type TrafficVerdict, judgeTraffic } from "./judge.ts";
export { type ExpectedParam, type Traffic, observe } from "./model/index.ts";
export { type SavedTraffic, cassetteTraffic, harTraffic, journalTraffic, keysOf } from "./saved.ts";
export { judgeScenario, scenarioSource } from "./scenario-source.ts";
