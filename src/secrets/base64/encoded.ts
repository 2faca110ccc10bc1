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
}

function isText(bytes: Buffer, cut: boolean): boolean {
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
  return cut || isUtf8(bytes);
}
