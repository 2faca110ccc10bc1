import { gpt2 } from "../../../util/index.ts";

/** Part of a text as a model emits it: one token, or several if a character spans them. */
export interface TextToken {
  readonly text: string;
  /** Number of tokens. */
  readonly tokens: number;
}

type Encoding = ReturnType<typeof gpt2>;

/** Slices of a text: byte pair encoding takes time in the square of a word's length, so long words are cut. */
const SLICES = /\s?\S{1,512}|\s{1,512}/gu;
const LONG = 512;
const BROKEN = "\ufffd";
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() };

/** Cuts a text into GPT-2 tokens, by which OGL counts; joined they give the text again. */
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
    // The text itself may contain the replacement character.
    if (decoded.includes(BROKEN) && !text.startsWith(decoded, at)) continue;
    found.push({ text: decoded, tokens: pending.length });
    at += decoded.length;
    pending = [];
  }
  // Half a surrogate pair cannot be encoded: the rest of the text is returned unchanged.
  if (at < text.length) found.push({ text: text.slice(at), tokens: Math.max(1, pending.length) });
  return found;
}

/** Joins the tokens' texts. */
export function textOf(list: readonly TextToken[]): string {
  return list.map(({ text }) => text).join("");
}

/** Number of tokens in the list. */
export function tokensIn(list: readonly TextToken[]): number {
  return list.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Longest beginning of the list with at most `tokens` tokens. */
export function cutTokens(list: readonly TextToken[], tokens: number): readonly TextToken[] {
  let sum = 0;
  const end = list.findIndex((token) => (sum += token.tokens) > tokens);
  return end === -1 ? list : list.slice(0, end);
}
