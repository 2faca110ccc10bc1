import type { Source, Trace } from "../exchange/index.ts";
import type { World } from "../ogl/index.ts";
import type { OglVersion } from "../openapi/index.ts";
import type { ReplyRule } from "./replies/index.ts";
import type { Pace, Respond } from "./synthesizer/index.ts";

export interface MockOptions {
  /** OGL version to mock. `next` is experimental. @default the world's, else "0.4.5" */
  readonly ogl?: OglVersion;
  /** Cassette files and folders; `"bundled"` is the library that comes with gatetape. @default ["bundled"] */
  readonly cassettes?: readonly string[];
  /**
   * World: models, keys, limits, or the path of a world file. `default` takes any key and has the models that the
   * cassettes know; `off` refuses nothing and only plays cassettes.
   * @default "default"
   */
  readonly world?: World | string;
  /**
   * Keys by their labels in cassettes: `{ "sk-2": "env:BAD_KEY" }`. `env:NAME` is a variable of the environment. A key
   * without a label gets a free one of those that its request was recorded with.
   */
  readonly keys?: Readonly<Record<string, string>>;
  /**
   * Play each cassette to the session of its name alone (file name without extension, or path below its folder), so that two may
   * answer the same request. A request without a session plays the first that has an answer.
   * @default false
   */
  readonly sessionPerCassette?: boolean;
  /** Environment for `env:` in `keys` and `controlToken`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Clock of limits, in ms since the epoch. @default Date.now */
  readonly now?: () => number;
  /**
   * Policy for requests that break the OpenAPI: `reject` answers 422 unless exactly that request was recorded, `observe`
   * lets them pass.
   * @default "reject"
   */
  readonly policy?: "reject" | "observe";
  /** Divides every wait; `Infinity` leaves them out. @default 1 */
  readonly speed?: number;
  /** Answer only from cassettes, never synthesize. @default false */
  readonly strict?: boolean;
  /** Replies with their conditions, asked before the cassettes; the first that fits is given. */
  readonly replies?: readonly ReplyRule[];
  /** Makes replies; asked after `replies` and before the cassettes. Where it returns none, these answer. */
  readonly respond?: Respond;
  /**
   * List the fault models, `t-die-mid` and others, whose upstreams misbehave. Without a world they answer in any case.
   * @default false
   */
  readonly faultModels?: boolean;
  /** Speed of synthesized answers. @default at once */
  readonly pace?: Pace;
  /** Let pages of other origins in, which OGL does not. @default false */
  readonly cors?: boolean;
  /** Host names that may reach the control API, in addition to those of this machine. */
  readonly allowedHosts?: readonly string[];
  /**
   * Token that lets calls of other machines reach the control API, 8 characters at least; `env:NAME` is a variable of the
   * environment.
   * @default a new one, `controlToken` of the mock
   */
  readonly controlToken?: string;
  /** Limit of a request's body, in bytes; a larger one is refused with 413. @default 16 MiB */
  readonly maxBody?: number;
  /** Memory limit of the journal, in bytes; 0 switches it off. @default 1 MiB */
  readonly journalBytes?: number;
  /** Memory that the state of all sessions may take, in bytes. @default 256 MiB */
  readonly stateBytes?: number;
  /** Time in ms until the vector store shows a change to searches and lists. @default the world's, else 0 */
  readonly searchRefresh?: number;
  /** File to which the journal is appended as JSON Lines. */
  readonly journalFile?: string;
  /** Fault rules in the form of docs/faults.md: `chat.stream=reset@3`. They compose in their order. */
  readonly faults?: readonly string[];
  /** Seed of the faults' probabilities and random choices. @default 0 */
  readonly faultSeed?: number;
  /** Let clients request faults by the header `x-gatetape-fault`. @default false */
  readonly allowHeaderFaults?: boolean;
  /**
   * Servers whose wire the mock speaks: `ogl`, `ollama`, `llamacpp`, `openai`, `vllm`, `tei`. Without `ogl` the port shows nothing of OGL.
   * @default ["ogl"]
   */
  readonly dialects?: readonly string[];
  /** Sources consulted before all others. */
  readonly sources?: readonly Source[];
  /** Called after each exchange. */
  readonly onTrace?: (trace: Trace) => void;
}
