/** A run of letters of base64 in a text. */
export interface Run {
  readonly start: number;
  /** After its padding. */
  readonly end: number;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
const IS_LETTER = new Uint8Array(128);
for (const letter of LETTERS) IS_LETTER[letter.charCodeAt(0)] = 1;
const EQUALS = 0x3d;

/** The runs of base64 letters that are so long. Not by a regular expression: one run may be twenty megabytes. */
export function* base64Runs(
  text: string,
  min: number,
  max: number = Number.POSITIVE_INFINITY,
): Generator<Run> {
  // A long run has a letter at every `min`-th offset: only from there it is measured.
  for (let at = min - 1; at < text.length; at += min) {
    if (!isLetter(text, at)) continue;
    let start = at;
    while (start > 0 && at - start < min && isLetter(text, start - 1)) start--;
    let end = at + 1;
    while (end < text.length && isLetter(text, end)) end++;
    const letters = end - start;
    for (let padding = 0; padding < 2 && text.charCodeAt(end) === EQUALS; padding++) end++;
    if (letters >= min && letters <= max) yield { start, end };
    at = end - 1;
  }
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 && IS_LETTER[code] === 1;
}
