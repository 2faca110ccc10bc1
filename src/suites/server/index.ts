/** Server suite: sends requests to a live server and judges its answers. */
export { SERVER_CHECKS } from "./checks/index.ts";
export { type ServerVerdict } from "./judge-server.ts";
export { type CreatedJournal, openCreatedJournal } from "./journal.ts";
export { type Consent, type ServerCheck } from "./model/index.ts";
export {
  type PlannedProbe,
  type ServerRun,
  type ServerRunOptions,
  plannedProbes,
  runServerSuite,
} from "./run-server.ts";
export { SERVER_PROFILES, selectChecks } from "./select-checks.ts";
export { SERVER_ERRATA } from "./server-errata.ts";
