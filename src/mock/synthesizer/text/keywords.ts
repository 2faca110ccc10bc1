import { TwoGenerations, detached } from "../../../util/index.ts";
import { isStopword } from "./language.ts";

/** Letters that French puts before an apostrophe: `l'eau` is about water. */
const ELIDED = /^(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu)['’](?=\p{L})/iu;
const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** Length (characters) to which words are cut: answers repeat them, and base64 is one word of any length. */
const MAX_WORD = 80;

function cutWord(word: string): string {
  return word.length > MAX_WORD ? `${word.slice(0, MAX_WORD).replace(/[\ud800-\udbff]$/, "")}…` : word;
}

/** Words of a text that carry its topic, in their order and spelling, each once. */
export function keywordsOf(text: string): string[] {
  const found = new Map<string, string>();
  for (const whole of text.slice(0, 20_000).match(WORD) ?? []) {
    const { word, lower } = keywordOf(whole);
    if (lower !== "" && !found.has(lower)) found.set(lower, word);
  }
  return [...found.values()];
}

/** A word that carries a topic, as it is shown, and all of it in lower case. Both are empty for any other word. */
interface Keyword {
  readonly word: string;
  readonly lower: string;
}

const NONE: Keyword = { word: "", lower: "" };
const known = new TwoGenerations<string, Keyword>(4096);

function keywordOf(whole: string): Keyword {
  const before = known.get(whole);
  if (before !== undefined) return before;
  const keyword = readKeyword(whole);
  if (whole.length <= MAX_WORD) known.set(detached(whole), keyword);
  return keyword;
}

function readKeyword(whole: string): Keyword {
  const bare = whole.replace(ELIDED, "");
  // `peux-tu` and `est-il` are verbs with their pronouns.
  const [first = "", ...rest] = bare.split("-");
  const word = rest.length > 0 && isStopword(first) ? rest.join("-") : bare;
  const lower = word.toLowerCase();
  if (word.length < 3 && !/^\p{Lu}{2}$/u.test(word)) return NONE;
  const isKeyword = !isStopword(lower) && !isStopword(whole) && /\p{L}/u.test(word);
  return isKeyword ? { word: detached(cutWord(word)), lower: detached(lower) } : NONE;
}

/** Names in a text: capitalized words within a sentence, with neighbours joined. */
export function namesIn(text: string): string[] {
  const found = new Set<string>();
  const run = /(?<=[\p{L}\p{N},;:'’(«"] ?)\p{Lu}[\p{L}'’-]+(?: \p{Lu}[\p{L}'’-]+)*/gu;
  for (const [name] of text.slice(0, 20_000).matchAll(run)) {
    const bare = name.replace(ELIDED, "").replace(/['’]s$/, "");
    if (!isStopword(bare) && bare.length > 1) found.add(cutWord(bare));
  }
  return [...found];
}

/** Numbers in a text, in their order. */
export function numbersIn(text: string): number[] {
  return [
    ...text.slice(0, 20_000).matchAll(/(?<![\p{L}\d.,:/-])-?\d{1,9}(?:\.\d{1,6})?(?![\p{L}\d]|[-:/.,]\d)/gu),
  ].map(([digits]) => Number(digits));
}
