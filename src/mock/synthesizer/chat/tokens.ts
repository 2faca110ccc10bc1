import { gpt2 } from "../../../util/index.ts";

/** A part of a text as a model gives it: a token, or as many as a character takes that lies across them. */
export interface TextToken {
  readonly text: string;
  /** How many tokens it is. */
  readonly tokens: number;
}

type Encoding = ReturnType<typeof gpt2>;

/** Longer words are cut: byte pair encoding takes time in the square of a word's length. */
const SLICES = /\s?\S{1,512}|\s{1,512}/gu;
const LONG = 512;
const BROKEN = "\ufffd";
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() };

/** Cuts a text into the tokens of GPT-2's vocabulary, by which OGL counts; put together they are the text again. */
export function tokenize(text: string): TextToken[] {
  const encoding = gpt2();
  if (text.length <= LONG) return encodedTokens(encoding, text);
  return [...text.matchAll(SLICES)].flatMap(([slice]) => encodedTokens(encoding, slice));
}

function encodedTokens({ encode, decode }: Encoding, text: string): TextToken[] {
  const found: TextToken[] = [];
  let pending: number[] = [];
  let at = 0;
  for (const token of encode(text, NOTHING_SPECIAL)) {
    pending.push(token);
    const decoded = decode(pending);
    // A character of the text may itself be the one that stands for broken ones.
    if (decoded.includes(BROKEN) && !text.startsWith(decoded, at)) continue;
    found.push({ text: decoded, tokens: pending.length });
    at += decoded.length;
    pending = [];
  }
  // Half a surrogate pair is no text that could be encoded: what is left is given as it stands.
  if (at < text.length) found.push({ text: text.slice(at), tokens: Math.max(1, pending.length) });
  return found;
}

export function textOf(list: readonly TextToken[]): string {
  return list.map(({ text }) => text).join("");
}

export function tokensIn(list: readonly TextToken[]): number {
  return list.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** As many pieces from the front as have no more tokens than that. */
export function cutTokens(list: readonly TextToken[], tokens: number): readonly TextToken[] {
  let sum = 0;
  const end = list.findIndex((token) => (sum += token.tokens) > tokens);
  return end === -1 ? list : list.slice(0, end);
}
