import { isUtf8 } from "node:buffer";
import type { EncodedText } from "./encoded.ts";

/** Fewer bytes spell a word, or a number. */
const MIN_BYTES = 12;
const LEAST = String.raw`{${MIN_BYTES - 1},100000}`;

/** Hexadecimal digits in a row, and by pairs with a sign between or before each. */
const HEX = new RegExp(
  [
    String.raw`(?<![\w\\])(?:0x)?(?:[\da-fA-F]{2}){${MIN_BYTES},200000}(?!\w)`,
    String.raw`(?<![\w\\%])[\da-fA-F]{2}([ :-])[\da-fA-F]{2}(?:\1[\da-fA-F]{2}){${MIN_BYTES - 2},100000}(?!\w)`,
    String.raw`(?:\\x[\da-fA-F]{2}){${MIN_BYTES},100000}`,
    String.raw`(?<!\w)0x[\da-fA-F]{2}(?:,\s{0,20}0x[\da-fA-F]{2})${LEAST}(?!\w)`,
  ].join("|"),
  "g",
);
/** A list of bytes in decimals, as programs and JSON write them. */
const DECIMALS = new RegExp(String.raw`(?<![\w.,])\d{1,3}(?:,\s{0,20}\d{1,3})${LEAST}(?![\w.])`, "g");
/** A line of a dump: an offset, the bytes, and mostly their letters. */
const DUMP_LINE =
  /^[ \t]{0,8}(?:0x)?[\da-fA-F]{4,16}:?[ \t]{1,4}((?:[\da-fA-F]{2,4}[ \t]{1,3}){1,16}(?:[\da-fA-F]{2,4})?)(?:[ \t]{1,60}\|?.{0,20})?$/gm;

/** The texts that stand in a text as the numbers of their bytes, in hexadecimal or decimal digits. */
export function* numberedTexts(text: string): Generator<EncodedText> {
  for (const { index, 0: run } of text.matchAll(HEX)) {
    const digits = run.replaceAll(/0x|[^\da-fA-F]/g, "");
    yield* printableText(Buffer.from(digits, "hex"), index, index + run.length);
  }
  for (const { index, 0: run } of text.matchAll(DECIMALS)) {
    const bytes = numberedBytes(run);
    if (bytes !== undefined) yield* printableText(bytes, index, index + run.length);
  }
  yield* dumpedTexts(text);
}

/** The text that a list of decimals spells; nothing if it spells none. */
export function textOfNumbers(list: string): string {
  const bytes = numberedBytes(list);
  return bytes !== undefined && spellsText(bytes) ? bytes.toString("utf8") : "";
}

function numberedBytes(list: string): Buffer | undefined {
  const numbers = list.split(",").map(Number);
  return numbers.every((one) => one < 256) ? Buffer.from(numbers) : undefined;
}

/** A dump of bytes, whole: a secret stands over the ends of its lines. */
function* dumpedTexts(text: string): Generator<EncodedText> {
  let dump: { start: number; end: number; digits: string } | undefined;
  for (const { index, 0: line, 1: digits = "" } of text.matchAll(DUMP_LINE)) {
    const follows = dump !== undefined && index - dump.end <= 2;
    if (dump !== undefined && !follows) yield* dumped(dump);
    dump =
      dump !== undefined && follows
        ? { ...dump, end: index + line.length, digits: dump.digits + digits }
        : { start: index, end: index + line.length, digits };
  }
  if (dump !== undefined) yield* dumped(dump);
}

function* dumped({
  start,
  end,
  digits,
}: {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}): Generator<EncodedText> {
  yield* printableText(Buffer.from(digits.replaceAll(/[^\da-fA-F]/g, ""), "hex"), start, end);
}

function* printableText(bytes: Buffer, start: number, end: number): Generator<EncodedText> {
  if (spellsText(bytes)) yield { start, end, text: bytes.toString("utf8") };
}

/** True for bytes that are a text of `MIN_BYTES` or more. */
function spellsText(bytes: Buffer): boolean {
  if (bytes.length < MIN_BYTES) return false;
  for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) return false;
  return isUtf8(bytes);
}
