/** The messages of the adapter protocol, version 1, as an adapter sees them. docs/write-an-adapter.md says what they mean. */

/** The wire body of a request without `stream`; `{"model": id}` for `models.get`, `{}` for `models.list`. */
export type Params = Readonly<Record<string, unknown>>;

/** How the client is to be set; what is absent is left to the client's own default. */
export interface Control {
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  readonly cancelAfter?: { readonly events?: number; readonly ms?: number };
}

export interface Run {
  readonly id: string;
  readonly session?: string;
  readonly operation: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly params: Params;
  readonly control?: Control;
}

/** What the runner sends: a line has one of these. */
export interface Incoming {
  readonly hello?: { readonly protocol: number };
  readonly run?: Run;
  readonly cancel?: { readonly id: string };
  readonly close?: { readonly session: string };
  readonly bye?: object;
}

export interface ToolCall {
  id: string | null;
  name: string | null;
  arguments: string | null;
}

export interface Choice {
  index: number;
  text: string | null;
  toolCalls: ToolCall[];
  finishReason: string | null;
}

export interface Final {
  text: string | null;
  toolCalls: ToolCall[] | null;
  finishReason: string | null;
  usage: unknown;
  id: string | null;
  model: string | null;
  /** Only where there is more than one. */
  choices?: Choice[];
}

export interface OutcomeError {
  readonly kind: "api" | "connection" | "timeout" | "decode" | "abort" | "incomplete" | "other";
  readonly status?: number | null;
  readonly message?: string | null;
  readonly code?: string | null;
  readonly retryAfterMs?: number | null;
}

/** What a user of the client can see of one call; `null` is what the client does not show. */
export interface Outcome {
  final: Final | null;
  events: number | null;
  eventsAtMs?: number[];
  models: (string | null)[] | null;
  model: unknown;
  embeddings: unknown[] | null;
  /** Fields that OpenAI's API does not have and that the client surfaces. */
  extra: Record<string, unknown>;
  error: OutcomeError | null;
  /** True where the client itself says that the answer is not whole. */
  truncated: boolean | null;
}
