import type { Config } from "./types.ts";

/**
 * Gives a config its type, for editors to complete and check it.
 *
 * @example
 * ```ts
 * // gatetape.config.mts
 * import { defineConfig } from "gatetape";
 *
 * export default defineConfig({
 *   mock: { port: 4010, cassettes: ["./cassettes", "bundled"], speed: "instant" },
 * });
 * ```
 *
 * Where gatetape is not installed in the project, this import finds nothing: write
 * `export default { … } satisfies import("gatetape").Config` instead.
 */
export function defineConfig(config: Config): Config {
  return config;
}
