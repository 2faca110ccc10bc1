export { Cleaner } from "./clean.ts";
export { type EndedCommand, type RunningCommand, signalExitCode, startCommand } from "./command.ts";
export { type Coverage, coverageOf, percentOf } from "./coverage.ts";
export { driftOf } from "./drift.ts";
export { judgeTraffic, type LevelSetting, TRAFFIC_CHECKS, type TrafficVerdict } from "./judge-traffic.ts";
export { cassetteTraffic, harTraffic, journalTraffic, keysOf, type SavedTraffic } from "./saved.ts";
export { judgeScenario, scenarioSource } from "./scenario-source.ts";
export type { ExpectedParam } from "./traffic-check.ts";
export { observe, type Traffic } from "./traffic.ts";
