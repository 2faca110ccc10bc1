/** The options of each command, as data. */
export { GATE } from "./gate.ts";
export { MOCK } from "./mock.ts";
export { RECORD } from "./record.ts";
export { SERVING } from "./serving.ts";
export type { OptionCommand, OptionKind, OptionSpec } from "./spec.ts";
