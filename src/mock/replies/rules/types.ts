import type { Reply, Respond } from "../../synthesizer/index.ts";

/** Conditions for a request. All that are given must hold. */
export interface When {
  /** Operation, with `*` for any characters: `chat.create`, `chat.*`, `embeddings.create`, `rerank`. */
  readonly operation?: string;
  /** Name of the model in the request: the whole name, or a pattern. */
  readonly model?: Pattern;
  /** Text within the user's last message, the inputs of embeddings or the query of a ranking, or a pattern. */
  readonly message?: Pattern;
  /** Text within the system's or developer's messages, or a pattern. */
  readonly system?: Pattern;
  /** Number of the assistant's messages in the request: 0 at the beginning of a conversation. */
  readonly turn?: number;
  /** Name of a function that is offered, or whose result is the last message; the whole name, or a pattern. */
  readonly tool?: Pattern;
}

/** Text, or a regular expression: `/two words/i`, in a program also a `RegExp`. */
export type Pattern = string | RegExp;

export interface ReplyOptions {
  readonly when?: When;
  /** Number of requests that get the reply, counted for each session. @default all */
  readonly times?: number;
  /** The only session that gets the reply. @default all */
  readonly session?: string;
}

/** A text, a reply, a list of them for one request after the other (the last one again and again), or a function. */
export type ReplyGiven = string | Reply | readonly (string | Reply)[] | Respond;

/** A reply with its conditions, as the config and the control API have it. */
export interface ReplyRule extends ReplyOptions {
  readonly reply: ReplyGiven;
}
