import { pythonFloat } from "../../../asgi/index.ts";
import { Random } from "../../../util/index.ts";
import { type Json, positive } from "../base/index.ts";
import type { TextToken } from "./tokens.ts";

/** Alternative tokens. */
const OTHERS = [
  " the",
  ",",
  ".",
  " and",
  " of",
  " to",
  " a",
  " in",
  " is",
  "\n",
  " that",
  " for",
  " it",
  " with",
];
const MAX_TOP = 20;

/** Number of alternatives per token that a request wants; `undefined` if it wants no log probabilities. */
export function topLogprobs(body: Json): number | undefined {
  return body["logprobs"] === true ? Math.min(positive(body["top_logprobs"]) ?? 0, MAX_TOP) : undefined;
}

export interface Logprobs {
  readonly content: readonly object[];
}

/**
 * Makes the `logprobs` of a token, as vLLM formats them. The chosen token is mostly the likeliest; the listed
 * probabilities sum to at most 1, the likelier ones first.
 */
export function makeLogprobs({ text }: TextToken, top: number, seed: string): Logprobs {
  const probability = 0.55 + 0.44 * new Random(seed).float();
  const first = entry(text, probability);
  const others = OTHERS.filter((other) => other !== text);
  const listed = [first];
  let left = 1 - probability;
  for (let i = 1; i < top; i++) {
    left *= 0.6;
    const other = others[(i - 1) % others.length] ?? " the";
    listed.push(entry(i > others.length ? `${other}${i}` : other, left * 0.5));
  }
  return { content: [{ ...first, top_logprobs: listed.slice(0, top) }] };
}

function entry(token: string, probability: number): object {
  const logprob = Math.round(Math.log(probability) * 1e6) / 1e6;
  return { token, logprob: pythonFloat(logprob), bytes: [...Buffer.from(token)] };
}
