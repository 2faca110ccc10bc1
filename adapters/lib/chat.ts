/** Puts chat completions of OpenAI's shape into an outcome, for clients that hand them over as they came. */
import type { Choice, Final, Outcome, ToolCall } from "./protocol.ts";

/** Every field may be missing: clients do not check what a server sends. */
interface WireMessage {
  readonly content?: unknown;
  readonly tool_calls?: readonly WireToolCall[] | null;
  readonly [field: string]: unknown;
}
interface WireToolCall {
  readonly index?: number;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: string | null };
}
interface WireChoice {
  readonly index?: number;
  readonly message?: WireMessage;
  readonly delta?: WireMessage | null;
  readonly finish_reason?: string | null;
}
interface WireChat {
  readonly id?: string;
  readonly model?: string;
  readonly usage?: unknown;
  readonly choices?: readonly WireChoice[] | null;
  readonly [field: string]: unknown;
}

const KNOWN =
  /^(?:id|object|created|model|choices|usage|service_tier|system_fingerprint|moderation|obfuscation)$/;

/** What a client hands over that is no object, such as a text, has nothing that a user of it would find. */
function asChat(value: unknown): WireChat {
  return typeof value === "object" && value !== null ? (value as WireChat) : {};
}

/** An answer in one piece. */
export function surfaceCompletion(outcome: Outcome, completion: unknown): void {
  const chat = asChat(completion);
  surfaceExtra(outcome, chat);
  const choices = (chat.choices ?? []).map(({ index = 0, message, finish_reason }) => {
    if (message !== undefined) surfaceReasoning(outcome, message);
    return {
      index,
      text: typeof message?.content === "string" ? message.content : null,
      toolCalls: (message?.tool_calls ?? []).map(toolCall),
      finishReason: finish_reason ?? null,
    };
  });
  outcome.final = final(chat, choices);
}

/**
 * Joins the chunks of a stream as the users of such a client do it: texts one after another, tool calls by their
 * index. Nothing is guessed, nothing is repaired.
 */
export class Joiner {
  readonly #outcome: Outcome;
  readonly #choices: Choice[] = [];
  #head: { id?: string; model?: string; usage?: unknown } = {};

  /** Made when the stream has opened: one that ends without a chunk is an empty answer, not none. */
  constructor(outcome: Outcome) {
    this.#outcome = outcome;
    outcome.events = 0;
    outcome.final = final({}, []);
  }

  add(chunk: unknown): void {
    const chat = asChat(chunk);
    surfaceExtra(this.#outcome, chat);
    const { id, model, usage } = chat;
    this.#head = {
      ...this.#head,
      ...(typeof id === "string" && { id }),
      ...(typeof model === "string" && { model }),
      ...(usage !== undefined && usage !== null && { usage }),
    };
    for (const choice of chat.choices ?? []) this.#join(choice);
    this.#outcome.final = final(this.#head, this.#choices);
  }

  #join({ index = 0, delta, finish_reason }: WireChoice): void {
    const at = this.#choices.find((choice) => choice.index === index) ?? blankChoice(index);
    if (!this.#choices.includes(at)) this.#choices.push(at);
    if (typeof delta?.content === "string") at.text = (at.text ?? "") + delta.content;
    for (const piece of delta?.tool_calls ?? []) joinCall(at.toolCalls, piece);
    if (delta !== undefined && delta !== null) surfaceReasoning(this.#outcome, delta);
    at.finishReason = finish_reason ?? at.finishReason;
  }
}

function joinCall(calls: ToolCall[], piece: WireToolCall): void {
  const call = (calls[piece.index ?? 0] ??= { id: null, name: null, arguments: null });
  // As the README of such clients do it: an empty one says nothing.
  call.id = piece.id || call.id;
  call.name = piece.function?.name || call.name;
  call.arguments = (call.arguments ?? "") + (piece.function?.arguments ?? "");
}

function blankChoice(index: number): Choice {
  return { index, text: null, toolCalls: [], finishReason: null };
}

function toolCall({ id, function: called }: WireToolCall): ToolCall {
  return { id: id ?? null, name: called?.name ?? null, arguments: called?.arguments ?? null };
}

function final({ id, model, usage }: WireChat, choices: readonly Choice[]): Final {
  const { text, toolCalls, finishReason } = choices.find(({ index }) => index === 0) ?? blankChoice(0);
  return {
    text,
    toolCalls: toolCalls.filter((call) => call !== undefined),
    finishReason,
    usage: usage ?? null,
    id: id ?? null,
    model: model ?? null,
    ...(choices.length > 1 && { choices: choices.toSorted((a, b) => a.index - b.index) }),
  };
}

function surfaceExtra(outcome: Outcome, chat: WireChat): void {
  for (const [field, value] of Object.entries(chat))
    if (!KNOWN.test(field) && !field.startsWith("_")) outcome.extra[field] = value;
}

/** What vLLM and others put beside the content. */
function surfaceReasoning({ extra }: Outcome, message: WireMessage): void {
  for (const field of ["reasoning_content", "reasoning"]) {
    const text = message[field];
    if (typeof text === "string") extra[field] = String(extra[field] ?? "") + text;
  }
}
