import { type TextToken, tokenizeGpt2 } from "../../../util/index.ts";

export { type TextToken };

/** Slices of a text: a word or a gap that is longer is cut. */
const SLICES = /\s?\S{1,512}|\s{1,512}/gu;
const LONG = 512;

/** Cuts a text into GPT-2 tokens, by which OGL counts; joined they give the text again. */
export function tokenize(text: string): TextToken[] {
  if (text.length <= LONG) return tokenizeGpt2(text);
  return (text.match(SLICES) ?? []).flatMap((slice) => tokenizeGpt2(slice));
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
