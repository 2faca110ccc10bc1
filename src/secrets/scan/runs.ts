/** A run of letters, digits, `+`, `-`, `/` and `_`, of which tokens are made. */
export interface TokenRun {
  readonly start: number;
  readonly end: number;
}

/**
 * The runs that have at least so many letters. A text is passed in steps of that length: such a run has a letter at one of them. A
 * pattern would try from each letter anew, and overflows its stack where one run has megabytes. The sanitizer has a function of its own
 * for that: a mistake of one is not made by the other.
 */
export function* tokenRuns(text: string, least: number): Generator<TokenRun> {
  let from = 0;
  for (let at = least - 1; at < text.length; at += least) {
    if (!isTokenLetter(text.charCodeAt(at))) continue;
    let start = at;
    while (start > from && isTokenLetter(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (isTokenLetter(text.charCodeAt(end))) end++;
    if (end - start >= least) yield { start, end };
    from = end;
    at = end;
  }
}

function isTokenLetter(code: number): boolean {
  if (code >= 97) return code <= 122;
  if (code >= 65) return code <= 90 || code === 95;
  return (code >= 47 && code <= 57) || code === 43 || code === 45;
}
