import { isUtf8 } from "node:buffer";
import { base64Runs } from "./runs.ts";

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
  yield* wrappedTexts(text);
}

/** Base64 in lines of equal length, as MIME and PEM have it, and a last shorter one. */
const WRAPPED = /(?:^|[^\w+/=-])((?:([\w+/-]{20,76})(?:\r?\n|\\n)[ \t]*)+[\w+/-]{1,76}={0,2})(?![\w+/=-])/g;

function* wrappedTexts(text: string): Generator<EncodedText> {
  if (text.length > MAX_RUN || !text.includes("\n")) return;
  for (const match of text.matchAll(WRAPPED)) {
    const block = match[1] ?? "";
    const bytes = Buffer.from(block.replaceAll(/[\r\n\t ]/g, ""), "base64");
    if (!isText(bytes, false)) continue;
    const start = match.index + match[0].length - block.length;
    yield { start, end: start + block.length, text: bytes.toString("utf8") };
  }
}

function isText(bytes: Buffer, cut: boolean): boolean {
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
  return cut || isUtf8(bytes);
}
