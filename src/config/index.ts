/** The one table of options, and the configuration file. */
export { type Config, type MockConfig, type RecordConfig, defineConfig } from "./types.ts";
