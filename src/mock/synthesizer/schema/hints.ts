import { type Language, isStopword, keywordsOf, namesIn, numbersIn } from "../text/index.ts";

/** Hints of a prompt from which values can be made. */
export interface Hints {
  readonly language: Language;
  /** The prompt in lower case: an enum value that it mentions is preferred. */
  readonly prompt: string;
  readonly topic: string;
  readonly keywords: readonly string[];
  readonly names: readonly string[];
  readonly numbers: readonly number[];
  readonly dates: readonly string[];
  readonly emails: readonly string[];
  readonly urls: readonly string[];
  readonly quoted: readonly string[];
  /** Sentence of an answer, for members with prose. */
  readonly sentence: string;
}

/** Finds the hints of a prompt. */
export function findHints(prompt: string, topic: string, language: Language, sentence: string): Hints {
  const text = prompt.slice(-20_000);
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? match[0]);
  return {
    language,
    prompt: text.toLowerCase(),
    topic,
    keywords: keywordsOf(text),
    names: namesIn(text),
    numbers: numbersIn(text),
    dates: all(/\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])\b/g),
    emails: all(/(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g),
    urls: all(/https?:\/\/[^\s"'<>)]{1,200}(?=[\s"'<>)]|$)/g),
    quoted: all(/["“«]\s*([^"”»\n]{1,80}?)\s*["”»]/g),
    sentence,
  };
}

/** Whether the prompt has the word or phrase as a whole. */
export function mentions({ prompt }: Hints, value: string): boolean {
  const wanted = value.toLowerCase().replaceAll("_", " ");
  if (wanted.length < 2 || isStopword(wanted)) return false;
  for (let at = prompt.indexOf(wanted); at !== -1; at = prompt.indexOf(wanted, at + 1)) {
    const before = prompt.charAt(at - 1);
    const after = prompt.charAt(at + wanted.length);
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}
