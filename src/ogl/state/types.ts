import type { OglVersion } from "../../openapi/index.ts";
import type { Upstream } from "./entities/index.ts";

/**
 * Models and keys that exist on a mocked gateway. The file of `--world` has this form (JSON Schema
 * `world-1.schema.json`).
 */
export interface World {
  readonly $schema?: string;
  readonly ogl?: OglVersion;
  /** In the order in which OGL lists them: the n-th has the router id n. */
  readonly models: readonly WorldModel[];
  /** @default any key is accepted, and `changeme` administrates */
  readonly keys?: readonly WorldKey[];
  /**
   * True if the gateway has a vector store: documents, chunks and search then answer. `down`: the store does not.
   * @default false
   */
  readonly vectorStore?: boolean | "down";
  /** The model whose vectors documents are searched by; `null` for none. @default the first for embeddings */
  readonly vectorModel?: string | null;
  /** True if the gateway has a parser of PDFs for `parse-beta`. @default false */
  readonly parser?: boolean;
  /** The longest life of a key in days; `null` for no limit. @default null */
  readonly maxKeyDays?: number | null;
  /** Time in ms until the vector store shows a change. @default 0 */
  readonly searchRefresh?: number;
  /** Upstreams that answer when a provider is added. @default every URL */
  readonly upstreams?: readonly Upstream[];
  /** Rows of the gateway's tables, as `GET /__gatetape/state` gives them, laid over those of models and keys. */
  readonly state?: Readonly<Record<string, readonly { readonly id: number }[]>>;
}

/** A model as `GET /v1/models` lists it, with facts that only the gateway knows. */
export interface WorldModel {
  readonly id: string;
  /** `text-generation`, `text-embeddings-inference`, `text-classification` …; see the OpenAPI's `ModelType`. */
  readonly type: string;
  readonly aliases?: readonly string[];
  /** Unix time in seconds. */
  readonly created?: number;
  readonly owned_by?: string;
  readonly max_context_length?: number | null;
  /** Price of a million tokens. */
  readonly costs?: { readonly prompt_tokens: number; readonly completion_tokens: number };
  readonly object?: "model";
  /** The provider's name of the model, which streams of 0.4.x carry. @default the id */
  readonly provider_name?: string;
  /** Length of its vectors. @default the length of a model with a known name, else 1024 */
  readonly dimension?: number;
  /** Software that serves the model, which shows in rankings and embeddings. @default "tei" for rankings, else "vllm" */
  readonly provider?: "vllm" | "tei";
}

export const LIMIT_TYPES = ["rpm", "rpd", "tpm", "tpd"] as const;
/** Type of a limit: requests or tokens, per minute or per day. */
export type LimitType = (typeof LIMIT_TYPES)[number];

export interface WorldLimit {
  readonly model: string;
  readonly type: LimitType;
  /** Requests or tokens in the period; `null` for no limit, 0 for a model that is listed but can't be used. */
  readonly value: number | null;
}

export interface WorldKey {
  readonly key: string;
  /** Its label in cassettes, `sk-1`. @default a free one of those that the request was recorded with */
  readonly label?: string;
  readonly name?: string;
  /** The id of its user. Keys of one user share limits and budget. @default one of its own: the position in the list */
  readonly user?: number;
  readonly email?: string;
  /** The user's password, for `/v1/auth/login`. @default the user can't log in */
  readonly password?: string;
  readonly permissions?: readonly string[];
  /** The models that its user may use. @default all */
  readonly models?: readonly string[];
  readonly limits?: readonly WorldLimit[];
  /** Money left, in the currency of the models' costs; `null` for no budget. */
  readonly budget?: number | null;
  /** The expired part: this key, or its user. */
  readonly expired?: "key" | "user";
  readonly deleted?: boolean;
  /** OGL's master key: every permission, no limits, and no models of its own. */
  readonly master?: boolean;
}
