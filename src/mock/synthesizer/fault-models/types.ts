import type { Reply } from "../base/index.ts";

/** Model whose upstream misbehaves. A part that is absent goes well. */
export interface FaultModel {
  /** Sentence for the log: the misbehaviour. */
  readonly about: string;
  /** @default "text-generation" */
  readonly type?: string;
  readonly json?: JsonBehaviour;
  readonly stream?: StreamBehaviour;
}

export type JsonBehaviour = Behaviour | { readonly form: JsonForm };

export type StreamBehaviour =
  | Behaviour
  /** Fixed chunks instead of those that were made. */
  | { readonly chunks: readonly ChunkSpec[] }
  | { readonly form: StreamForm };

/** Misbehaviour of an upstream, as its clients see it behind OGL. */
export type Behaviour =
  /** Faults of the answer that was made, in the grammar of `--fault`. */
  | { readonly faults: string }
  /** Words of the model; `echo` repeats the messages. */
  | { readonly says: Reply | "echo" }
  /** Refusal of the upstream, which OGL relays. */
  | { readonly refuses: UpstreamRefusal };

export interface UpstreamRefusal {
  readonly status: number;
  /** Body as the upstream sent it. */
  readonly body: string;
}

/**
 * Chunk of a stream: `usage` is OGL's own, a text is sent as it stands, an object is a chunk with these members. Its content
 * counts as tokens.
 */
export type ChunkSpec =
  | "usage"
  | { readonly text: string }
  | {
      readonly delta: Readonly<Record<string, string>>;
      readonly finish?: string;
      /** Further members of the chunk. */
      readonly more?: object;
    };

/** Form of an answer in JSON. */
export type JsonForm = "upstream-usage" | "no-choices" | "no-id" | "null-id" | "error-in-200";
/** Form of a stream. */
export type StreamForm =
  | "big-chunks"
  | "comments"
  | "error-midway"
  | "no-space"
  | "plain-json"
  | "slow"
  | "usage-in-chunks";
