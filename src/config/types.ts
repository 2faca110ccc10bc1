// Made by npm run options of src/config/options: edit that.
import type { SanitizeConfig } from "../cassette/index.ts";
import type { MockOptions } from "../mock/index.ts";
import type { RecordMode, RecorderOptions } from "../recorder/index.ts";

/** The content of `gatetape.config.mts`. A flag of the command line wins over it. */
export interface Config {
  /** The address of the JSON Schema in a `.json` file, for editors. */
  readonly $schema?: string;
  /** Settings of `gatetape mock`. */
  readonly mock?: MockConfig;
  /** Settings of `gatetape record`. */
  readonly record?: RecordConfig;
  /** Secrets to replace by pseudonyms on the way to disk, beside those that gatetape knows. */
  readonly sanitize?: SanitizeConfig;
}

/** Settings of `gatetape mock`. */
export interface MockConfig {
  /** Port to listen on; 0 takes any free one. @default 4010 */
  readonly port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Memory of the journal, in MiB; the oldest exchanges are dropped. 0 switches it off. @default 1 */
  readonly journalMemory?: number;
  /** Generation of OGL to be; `next` is experimental. @default the world's, else 0.4.5 */
  readonly ogl?: NonNullable<MockOptions["ogl"]>;
  /** Cassette files and folders instead of the bundled library; `bundled` adds that library, `none` loads nothing. Relative to the folder of the configuration file. @default bundled */
  readonly cassettes?: readonly string[];
  /** Pace of the replay: `original`, `instant`, or a factor like `4x`. @default original */
  readonly speed?: number | string;
  /** File that says which models, keys, limits and budgets exist. `default` takes any key and has the models that the cassettes know; `off` only plays cassettes. Relative to the folder of the configuration file. @default "default" */
  readonly world?: string;
  /** Milliseconds until the vector store shows a new or deleted chunk to searches and lists; OGL's own store takes up to 1000. @default the world's, else 0 */
  readonly searchRefresh?: number;
  /** Keys by their labels in cassettes: `sk-2=env:BAD_KEY`, where `env:NAME` is a variable of the environment or an entry of .env. A key without a label gets a free one of those that its request was recorded with. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Plays each cassette to the session of its name alone: `x-gatetape-session: NAME`, the file name without extension or the path below its folder. Two cassettes may then answer the same request. @default false */
  readonly sessionPerCassette?: boolean;
  /** Answers only what a cassette has; without it, an answer that nobody recorded is synthesized. @default false */
  readonly strict?: boolean;
  /** Lists the fault models, `t-die-mid` and others, whose upstreams misbehave. Without a world they answer in any case. @default false */
  readonly faultModels?: boolean;
  /** Server whose wire the mock speaks: `ogl`, `ollama`, `llamacpp`, `openai`, `vllm` or `tei`. Without `ogl` the port shows nothing of OGL. @default ogl */
  readonly dialect?: readonly string[];
  /** Answers of your own with conditions, asked before the cassettes; the first that fits is given: docs/mock.md has their form. */
  readonly replies?: NonNullable<MockOptions["replies"]>;
  /** A function of the request that gives answers of your own, asked after `replies` and before the cassettes. Where it gives none, these answer. */
  readonly respond?: NonNullable<MockOptions["respond"]>;
  /** Milliseconds before the first token of a synthesized answer. @default 0 */
  readonly ttft?: number;
  /** Tokens a second of a synthesized answer. @default all at once */
  readonly tps?: number;
  /** Largest part by which the time between two tokens of a synthesized answer differs, from 0 to 1. @default 0 */
  readonly jitter?: number;
  /** `reject` answers a request that does not keep to the OpenAPI with 422, `observe` lets it pass. @default "reject" */
  readonly policy?: NonNullable<MockOptions["policy"]>;
  /** Largest body of a request, in MiB; a larger one is refused with 413. @default 16 */
  readonly maxBody?: number;
}

/** Settings of `gatetape record`. */
export interface RecordConfig {
  /** Base URL of the gateway to record, with or without /v1. */
  readonly upstream?: string;
  /** Cassette to record into (NAME.cassette.json), or a folder that gets one for each operation. Relative to the folder of the configuration file. */
  readonly out?: string;
  /** Port to listen on; 0 takes any free one. @default 4011 */
  readonly port?: number;
  /** Address to listen on. @default "127.0.0.1" */
  readonly host?: string;
  /** Generation whose OpenAPI the traffic is held against. @default "0.4.5" */
  readonly ogl?: NonNullable<RecorderOptions["ogl"]>;
  /** `all` records everything; `missing` plays what is known and records the rest; `once` records if there is no cassette yet; `none` only plays. @default "all" */
  readonly mode?: RecordMode;
  /** Name of the environment variable (or of an entry of .env) with the upstream's key. */
  readonly upstreamKeyEnv?: string;
  /** Files of certificates (PEM) to trust beside the system's. Relative to the folder of the configuration file. */
  readonly ca?: readonly string[];
  /** Keeps the waits of an earlier recording where nothing else changed. @default false */
  readonly keepWaits?: boolean;
  /** Replaces the text of prompts and answers by filler. @default false */
  readonly redactPrompts?: boolean;
  /** Records answers that the client did not wait for as far as they came; played, they never end. @default false */
  readonly keepAborted?: boolean;
  /** Ends with exit code 1 if the server contradicts its OpenAPI. @default false */
  readonly failOnDrift?: boolean;
  /** Warns of cassettes that were recorded more days ago. */
  readonly maxAge?: number;
}

/** Parsed flags of every command that serves a mock. */
export interface ServingFlags {
  readonly ogl?: NonNullable<MockOptions["ogl"]>;
  readonly cassettes?: readonly string[];
  readonly speed?: number;
  readonly world: string;
  readonly searchRefresh?: number;
  readonly keys?: Readonly<Record<string, string>>;
  readonly sessionPerCassette?: boolean;
  readonly strict?: boolean;
  readonly faultModels?: boolean;
  readonly dialect?: readonly string[];
  readonly ttft: number;
  readonly tps?: number;
  readonly jitter: number;
  readonly policy: NonNullable<MockOptions["policy"]>;
  readonly fault?: readonly string[];
  readonly faultSeed?: number;
  readonly maxBody: number;
  readonly replies?: NonNullable<MockOptions["replies"]>;
  readonly respond?: NonNullable<MockOptions["respond"]>;
}

/** Parsed flags of `gatetape mock`. */
export interface MockFlags extends ServingFlags {
  readonly port: number;
  readonly host: string;
  readonly keepAlive: number;
  readonly h11: boolean;
  readonly direct: boolean;
  readonly cors?: boolean;
  readonly watch?: boolean;
  readonly journal?: string;
  readonly journalMemory: number;
  readonly allowHost?: readonly string[];
  readonly controlToken?: string;
  readonly allowHeaderFaults?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Parsed flags of `gatetape record`. */
export interface RecordFlags {
  readonly upstream?: string;
  readonly out?: string;
  readonly port: number;
  readonly host: string;
  readonly ogl: NonNullable<RecorderOptions["ogl"]>;
  readonly mode: RecordMode;
  readonly only?: string;
  readonly upstreamKeyEnv?: string;
  readonly ca?: readonly string[];
  readonly keepWaits?: boolean;
  readonly redactPrompts?: boolean;
  readonly keep?: readonly string[];
  readonly keepAborted?: boolean;
  readonly scenarios?: boolean;
  readonly failOnDrift?: boolean;
  readonly maxAge?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Parsed flags of `gatetape gate` about a live gateway and its own journal. */
export interface GatewayFlags {
  readonly upstream?: string;
  readonly upstreamKeyEnv?: string;
  readonly ca?: readonly string[];
  readonly journal?: string;
}

/** Parsed flags of `gatetape drift`. */
export interface DriftFlags {
  readonly url?: string;
  readonly ogl?: string;
  readonly keyEnv?: string;
  readonly cassettes?: readonly string[];
  readonly model?: Readonly<Record<string, string>>;
  readonly maxRequests: number;
  readonly timeout: number;
  readonly ca?: readonly string[];
  readonly failOn: string;
  readonly json?: boolean;
}

/** Parsed flags of `gatetape provision`. */
export interface ProvisionFlags {
  readonly url?: string;
  readonly world?: string;
  readonly ogl?: string;
  readonly keyEnv: string;
  readonly modelUrl?: string;
  readonly apply?: boolean;
  readonly dryRun?: boolean;
  readonly keysFile?: string;
  readonly ca?: readonly string[];
  readonly timeout: number;
}
