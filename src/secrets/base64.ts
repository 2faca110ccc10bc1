import { isUtf8 } from "node:buffer";

/** A run of base64 that spells text. */
export interface EncodedText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Shorter runs are words, and spell no secret; longer ones are no text that anybody hides a secret in. */
const MIN_RUN = 16;
const MAX_RUN = 1 << 20;

/** The texts that stand in a text as base64. Ids and words spell bytes that are no text. */
export function* base64Texts(text: string): Generator<EncodedText> {
  for (const { start, end } of base64Runs(text, MIN_RUN, MAX_RUN)) {
    // Bytes made by chance have a control character among the first few.
    if (!isText(Buffer.from(text.slice(start, Math.min(end, start + 32)), "base64"), true)) continue;
    const bytes = Buffer.from(text.slice(start, end), "base64");
    if (isText(bytes, false)) yield { start, end, text: bytes.toString("utf8") };
  }
}

function isText(bytes: Buffer, cut: boolean): boolean {
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
  return cut || isUtf8(bytes);
}

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
