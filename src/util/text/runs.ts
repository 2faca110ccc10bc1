import type { Span } from "./all-matches.ts";

/** Test of a character, by its code: whether it is a letter of a run. */
export type IsLetter = (code: number) => boolean;

/** Makes the test for the characters of ASCII that a class of a pattern holds; no other character is a letter then. */
export function lettersOf(letter: RegExp): IsLetter {
  const holds = Uint8Array.from({ length: 128 }, (_, code) => Number(letter.test(String.fromCharCode(code))));
  return (code) => holds[code] === 1;
}

/**
 * Finds the runs of at least so many letters, whole and in order. A run has a letter at one of the steps of that length, so that most
 * of a text is never looked at; a pattern would try from each letter anew.
 */
export function* runsOf(text: string, least: number, isLetter: IsLetter): Generator<Span> {
  let from = 0;
  for (let at = least - 1; at < text.length; at += least) {
    if (!isLetter(text.charCodeAt(at))) continue;
    let start = at;
    while (start > from && isLetter(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < text.length && isLetter(text.charCodeAt(end))) end++;
    if (end - start >= least) yield { start, end };
    from = end;
    at = end;
  }
}

/** True if a text has a run of at least so many letters. */
export function hasRun(text: string, least: number, isLetter: IsLetter): boolean {
  return runsOf(text, least, isLetter).next().done !== true;
}
