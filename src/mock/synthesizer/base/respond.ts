import type { Json } from "./body.ts";

/** A request that needs an answer which nobody recorded. */
export interface RespondRequest {
  /** `chat.create`, `chat.stream`, `embeddings.create` or `rerank`. */
  readonly operation: string;
  /** The model as the request names it. */
  readonly model: string;
  /** The body as it came. */
  readonly body: Json;
  /** `""` where the request names none. */
  readonly session: string;
}

/** What a model is to say, or to find. Members that are of no use to the operation are left aside. */
export interface Reply {
  /** What it says. `stop`, `max_tokens` and the like are applied to it. */
  readonly content?: string;
  /** What it thinks before it says that. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly {
    readonly name: string;
    /** Anything that JSON can spell, or the text of it. */
    readonly arguments: unknown;
  }[];
  /** @default "stop", "tool_calls" where there are some, "length" where max_tokens cut it */
  readonly finishReason?: string;
  /** Vectors, one for each input. */
  readonly embeddings?: readonly (readonly number[])[];
  /** Scores, one for each document. */
  readonly scores?: readonly number[];
  /** Refuses instead, as an upstream does that OGL relays. */
  readonly error?: { readonly status: number; readonly message: string };
}

/**
 * Gives answers of your own for requests that no cassette matches. `undefined` leaves the request to the synthesizer. The
 * same request should get the same answer.
 */
export type Respond = (request: RespondRequest) => Reply | string | undefined;

/** A reply as it is used, or `undefined`. */
export function replyOf(respond: Respond | undefined, request: RespondRequest): Reply | undefined {
  const given = respond?.(request);
  return typeof given === "string" ? { content: given } : given;
}
