import type { SanitizeConfig } from "./cassette/index.ts";
import type { MockOptions } from "./mock/index.ts";

/** What `gatetape.config.mts` may say. A flag of the command line wins over it. */
export interface Config {
  /** For editors: the address of the JSON Schema, in a `.json` file. */
  readonly $schema?: string;
  /** For `gatetape mock`. */
  readonly mock?: MockConfig;
  /** What is replaced by pseudonyms on the way to disk, beside what gatetape knows for a secret. */
  readonly sanitize?: SanitizeConfig;
}

export interface MockConfig {
  /** Port to listen on; 0 takes any free one. @default 4010 */
  readonly port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Generation of OGL to be. @default "0.4.5" */
  readonly ogl?: NonNullable<MockOptions["ogl"]>;
  /**
   * Cassette files and folders, relative to the folder of the config file. `"bundled"` is the library that comes with
   * gatetape, `"none"` is nothing.
   * @default ["bundled"]
   */
  readonly cassettes?: readonly string[];
  /** Pace of the replay: `"original"`, `"instant"`, or a factor: `4` or `"4x"`. @default "original" */
  readonly speed?: number | string;
  /**
   * File that says which models, keys, limits and budgets exist, relative to the folder of the config file. `"default"`
   * takes any key and has the models that the cassettes know, `"off"` only plays cassettes.
   * @default "default"
   */
  readonly world?: string;
  /** Answers only what a cassette has, and makes nothing up. @default false */
  readonly strict?: boolean;
  /**
   * Answers of your own to what no cassette has: a function of the request, so not in a `.json` file. Where it gives none,
   * the answer is synthesized.
   */
  readonly respond?: NonNullable<MockOptions["respond"]>;
  /** Milliseconds before the first token of a synthesized answer. @default 0 */
  readonly ttft?: number;
  /** Tokens a second of a synthesized answer; left out, they come at once. */
  readonly tps?: number;
  /** By what part the time between two of these tokens differs at most: from 0 to 1. @default 0 */
  readonly jitter?: number;
  /** Whether requests that do not keep to the OpenAPI are answered with 422, or pass. @default "reject" */
  readonly policy?: NonNullable<MockOptions["policy"]>;
}

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
 * Where gatetape is not installed and only run by `npx`, this import finds nothing: write
 * `export default { … } satisfies import("gatetape").Config` instead.
 */
export function defineConfig(config: Config): Config {
  return config;
}
