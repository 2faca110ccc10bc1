/** The options of each command, as data. */
export { DRIFT } from "./drift.ts";
export { GATE } from "./gate.ts";
export { MOCK } from "./mock.ts";
export { PROVISION } from "./provision.ts";
export { RECORD } from "./record.ts";
export { SERVING } from "./serving.ts";
export type { OptionCommand, OptionKind, OptionSpec } from "./spec.ts";
