/** Server suite: sends requests to a live server and judges its answers. */
export { type ServerVerdict } from "./judge-server.ts";
export { openCreatedJournal } from "./journal.ts";
export { type Consent, type ServerCheck } from "./model/index.ts";
export { type ServerRun, type ServerRunOptions, plannedProbes, runServerSuite } from "./run-server.ts";
export { SERVER_PROFILES, selectChecks } from "./select-checks.ts";
