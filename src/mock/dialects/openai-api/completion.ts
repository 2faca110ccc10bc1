import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";

/** Tokens of a request and of its answer. */
export interface Usage {
  readonly prompt: number;
  readonly completion: number;
}

/** Id and time of an answer, the same in each of its events. */
export interface Identity {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
}

/** A choice of an answer, or what a delta adds to it. */
export interface Choice {
  readonly index: number;
  readonly content: string | undefined;
  readonly reasoning: string | undefined;
  readonly calls: readonly Json[];
  /** As OpenAI sends them; `undefined` unless they were asked for. */
  readonly logprobs: Json | undefined;
  readonly finish: string | undefined;
}

/** A delta; `opens` for the one that names the role. */
export interface Delta extends Choice {
  readonly opens: boolean;
}

/** A whole answer, free of any server's spelling. */
export interface Completion {
  readonly identity: Identity;
  readonly choices: readonly Choice[];
  readonly usage: Usage;
}

/** An event of a stream, free of any server's spelling. */
export interface Part {
  readonly identity: Identity;
  readonly deltas: readonly Delta[];
  readonly usage: Usage | undefined;
}

/** Reads a whole answer of the mock's own sources. */
export function readCompletion(body: Json): Completion {
  const choices = objects(body["choices"]).map((choice) => choiceOf(choice, choice["message"]));
  return { identity: identityOf(body), choices, usage: usageOf(body["usage"]) ?? NO_USAGE };
}

/** Reads an event of the mock's own sources. */
export function streamPartOf(event: Json): Part {
  const deltas = objects(event["choices"]).map((choice): Delta => {
    const delta = isObject(choice["delta"]) ? choice["delta"] : {};
    return { ...choiceOf(choice, delta), opens: delta["role"] !== undefined };
  });
  return { identity: identityOf(event), deltas, usage: usageOf(event["usage"]) };
}

/** The tokens of an answer's `usage`; `undefined` if it has none. */
export function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage)) return undefined;
  return { prompt: wholeNumber(usage["prompt_tokens"]), completion: wholeNumber(usage["completion_tokens"]) };
}

const NO_USAGE: Usage = { prompt: 0, completion: 0 };

function wholeNumber(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function choiceOf(choice: Json, given: unknown): Choice {
  const message = isObject(given) ? given : {};
  return {
    index: wholeNumber(choice["index"]),
    content: stringOrNothing(message["content"]),
    reasoning: stringOrNothing(message["reasoning_content"] ?? message["reasoning"]),
    calls: objects(message["tool_calls"]),
    logprobs: isObject(choice["logprobs"]) ? choice["logprobs"] : undefined,
    finish: stringOrNothing(choice["finish_reason"]),
  };
}

function identityOf({ id, created }: Json): Identity {
  return { id: typeof id === "string" ? id : "", created: wholeNumber(created) };
}

function stringOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The objects in a list; none if the value is no list. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
