import type { SanitizeConfig } from "../cassette/index.ts";
import type { MockOptions } from "../mock/index.ts";
import type { RecordMode, RecorderOptions } from "../recorder/index.ts";

/** What `gatetape.config.mts` may say. A flag of the command line wins over it. */
export interface Config {
  /** For editors: the address of the JSON Schema, in a `.json` file. */
  readonly $schema?: string;
  /** For `gatetape mock`. */
  readonly mock?: MockConfig;
  /** For `gatetape record`. */
  readonly record?: RecordConfig;
  /** What is replaced by pseudonyms on the way to disk, beside what gatetape knows for a secret. */
  readonly sanitize?: SanitizeConfig;
}

export interface RecordConfig {
  /** Base URL of the gateway to record, with or without `/v1`. */
  readonly upstream?: string;
  /**
   * Cassette to record into (`NAME.cassette.json`), or a folder that gets one for each operation; relative to the folder
   * of the config file.
   */
  readonly out?: string;
  /** Port to listen on; 0 takes any free one. @default 4011 */
  readonly port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Generation whose OpenAPI the traffic is held against. @default "0.4.5" */
  readonly ogl?: NonNullable<RecorderOptions["ogl"]>;
  /**
   * `"all"` records everything; `"missing"` plays what is known and records the rest; `"once"` records if there is no
   * cassette yet; `"none"` only plays. @default "all"
   */
  readonly mode?: RecordMode;
  /** Name of the environment variable (or of an entry of `.env`) with the upstream's key. */
  readonly upstreamKeyEnv?: string;
  /** Files of certificates (PEM) to trust beside the system's, relative to the folder of the config file. */
  readonly ca?: readonly string[];
  /** What was recorded before keeps its waits where nothing else changed. @default false */
  readonly keepWaits?: boolean;
  /** Replaces the text of prompts and answers by filler. @default false */
  readonly redactPrompts?: boolean;
  /** Records answers that the client did not wait for as far as they came. @default false */
  readonly keepAborted?: boolean;
  /** Exit code 1 if what the server does contradicts its OpenAPI. @default false */
  readonly failOnDrift?: boolean;
  /** Warns of cassettes that were recorded more days ago. */
  readonly maxAge?: number;
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
