/**
 * Everything that a user of a client can see of one call: the `outcome` of the adapter protocol. The client does not
 * expose a member that is absent or `null`, so checks cannot judge it.
 */
export interface Outcome {
  readonly final?: Final | null;
  /** Number of events, chunks or deltas that the user received. */
  readonly events?: number | null;
  /** Arrival of each event, in ms since the call. */
  readonly eventsAtMs?: readonly number[] | null;
  readonly models?: readonly string[] | null;
  readonly model?: Readonly<Record<string, unknown>> | null;
  readonly embeddings?: readonly Embedding[] | null;
  /** Unknown fields that the client surfaced. */
  readonly extra?: Readonly<Record<string, unknown>> | null;
  /** Error of the call. Next to `final`: the user received `final`, then the error. */
  readonly error?: OutcomeError | null;
  /** The client marks the result as cut short. */
  readonly truncated?: boolean | null;
}

/** Vector in the client's order; with `index` if the client hands that over beside it. */
export type Embedding = readonly number[] | { readonly index: number; readonly embedding: readonly number[] };

export interface Final {
  readonly text?: string | null;
  readonly toolCalls?: readonly ToolCall[] | null;
  readonly finishReason?: string | null;
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly id?: string | null;
  readonly model?: string | null;
  /** All choices, if several were requested. */
  readonly choices?: readonly Choice[] | null;
}

export interface Choice {
  readonly index?: number | null;
  readonly text?: string | null;
  readonly toolCalls?: readonly ToolCall[] | null;
  readonly finishReason?: string | null;
}

export interface ToolCall {
  readonly id?: string | null;
  readonly name?: string | null;
  readonly arguments?: string | null;
}

/** `api`: the server said no. `incomplete`: the answer ended before its end. `abort`: the caller cancelled. */
export type ErrorKind = "api" | "connection" | "timeout" | "decode" | "abort" | "incomplete" | "other";

export interface OutcomeError {
  readonly kind: ErrorKind;
  readonly status?: number | null;
  readonly message?: string | null;
  readonly code?: string | number | null;
  readonly retryAfterMs?: number | null;
}
