/** The one table of options, and what is made of it: types, JSON Schema, flags. */
export { configSchema } from "./schema.ts";
export { defineConfig } from "./define.ts";
export { addOptions, collect, parseRate, parseSeconds, parseSpeed } from "./flags.ts";
export { sectionOptions } from "./table.ts";
export type {
  Config,
  DriftFlags,
  GatewayFlags,
  MockConfig,
  MockFlags,
  ProvisionFlags,
  RecordConfig,
  RecordFlags,
  ServingFlags,
} from "./types.ts";
