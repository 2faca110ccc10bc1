/** Client suite: plays scenarios to an adapter and judges the results. */
export { type AdapterDriver, adapterDriver } from "./adapter/index.ts";
export { type LiveGateway, openLiveGateway } from "./live/index.ts";
export { type RunOptions, runScenarios, subjectOf } from "./run.ts";
export { SCENARIOS } from "./scenarios/index.ts";
export {
  type KnownFailure,
  PROFILES,
  type Selection,
  markKnown,
  matches,
  parseKnownFailures,
  parseShard,
  selectScenarios,
  staleEntries,
} from "./select/index.ts";
export { scriptFor } from "./server/index.ts";
