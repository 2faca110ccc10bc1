/** Selection of scenarios by patterns and profiles; known failures. */
export { type KnownFailure, markKnown, parseKnownFailures, staleEntries } from "./known-failures.ts";
export { PROFILES } from "./profiles.ts";
export { type Selection, matches, parseShard, selectScenarios } from "./select.ts";
