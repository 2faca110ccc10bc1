import { type Json, positive } from "./body.ts";
import type { Piece } from "./pieces.ts";
import { digestOf, Random } from "./random.ts";
import { pythonFloat } from "../world/python-float.ts";

/** What could have been said instead. */
const OTHERS = [" the", ",", ".", " and", " of", " to", " a", " in", " is", "\n", " that", " for", " it", " with"];
const MAX_TOP = 20;

/** The log probabilities that a request asks for: how many beside the token's own; `undefined` for none at all. */
export function topLogprobs(body: Json): number | undefined {
  return body["logprobs"] === true ? Math.min(positive(body["top_logprobs"]) ?? 0, MAX_TOP) : undefined;
}

/**
 * The `logprobs` of pieces, as vLLM has them. The token that is said is mostly the likeliest; all that are listed together
 * have no more than a probability of 1, and the likelier ones come first.
 */
export function logprobsOf(pieces: readonly Piece[], top: number | undefined, seed: string): object | null {
  if (top === undefined) return null;
  return { content: pieces.map((piece, i) => tokenLogprob(piece, top, new Random(digestOf(seed, i, piece.text)))) };
}

function tokenLogprob({ text }: Piece, top: number, random: Random): object {
  const said = 0.55 + 0.44 * random.float();
  const first = entry(text, said);
  const listed = [first];
  let left = 1 - said;
  const others = OTHERS.filter((other) => other !== text);
  for (let i = 1; i < top; i++) {
    left *= 0.6;
    const other = others[(i - 1) % others.length] ?? " the";
    listed.push(entry(i > others.length ? `${other}${i}` : other, left * 0.5));
  }
  return { ...first, top_logprobs: listed.slice(0, top) };
}

function entry(token: string, probability: number): object {
  const logprob = Math.round(Math.log(probability) * 1e6) / 1e6;
  return { token, logprob: pythonFloat(logprob), bytes: [...Buffer.from(token)] };
}
