import type { Json } from "./body.ts";

/** Request that a function may answer. */
export interface RespondRequest {
  /** `chat.create`, `chat.stream`, `embeddings.create` or `rerank`. */
  readonly operation: string;
  /** Model name in the request. */
  readonly model: string;
  /** Parsed body. */
  readonly body: Json;
  /** Session name; `""` without one. */
  readonly session: string;
}

/** Reply of a model. Members that the operation does not use are ignored. */
export interface Reply {
  /** Content. `stop`, `max_tokens` and the like are applied to it. */
  readonly content?: string;
  /** Reasoning before the content. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly {
    readonly name: string;
    /** Any JSON value, or its text. */
    readonly arguments: unknown;
  }[];
  /** @default "stop"; "tool_calls" if there are some, "length" if max_tokens cut the content */
  readonly finishReason?: string;
  /** Vectors, one for each input. */
  readonly embeddings?: readonly (readonly number[])[];
  /** Scores, one for each document. */
  readonly scores?: readonly number[];
  /** Refusal, relayed as OGL relays an upstream's. */
  readonly error?: { readonly status: number; readonly message: string };
}

/**
 * Function that makes replies to requests. `undefined` leaves the request to the cassettes and the synthesizer. The same request
 * should get the same reply.
 */
export type Respond = (request: RespondRequest) => Reply | string | undefined;
