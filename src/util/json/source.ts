/**
 * JSON whose numbers keep their spelling. Python writes `9e-06` and `0.0` where JavaScript prints `0.000009` and `0`;
 * such numbers are held as raw JSON (`JSON.rawJSON`), all others are plain numbers.
 */

import { parseWithOddNumbers } from "./odd-numbers.ts";
import { define, isRawNumber, parseByReviver } from "./raw-number.ts";
import { endOfString } from "./string-end.ts";

/**
 * The levels that JSON may nest, in a cassette and in what comes from the network. `JSON.parse` takes any depth, but
 * walking the value (to compare it, to redact it, in Ajv's validators) takes a stack frame a level, and an overflow there
 * would be an error with no request to answer it to. Python's json gives up at a thousand; no real exchange comes near.
 */
export const MAX_DEPTH = 512;

/**
 * Parses JSON and keeps the spelling of its numbers.
 * @throws SyntaxError if it is no JSON
 */
export function parseJsonSource(text: string): unknown {
  const parsed = parseWithOddNumbers(text);
  return parsed === undefined ? parseByReviver(text) : parsed.value;
}

/**
 * True if JSON text nests deeper than `MAX_DEPTH`. On the hot path: most texts are too short for it, or have too few
 * brackets.
 */
export function isTooDeep(text: string): boolean {
  if (text.length <= 2 * MAX_DEPTH || !hasOpening(text, MAX_DEPTH + 1)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = endOfString(text, at);
    else if (char === 0x5b || char === 0x7b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (char === 0x5d || char === 0x7d) depth--;
  }
  return false;
}

/** JSON text without the blanks between its tokens. */
export function withoutBlanks(text: string): string {
  let result = "";
  let from = 0;
  for (let quote = text.indexOf('"'); quote !== -1; quote = text.indexOf('"', from)) {
    const end = endOfString(text, quote) + 1;
    result += text.slice(from, quote).replaceAll(/[ \t\n\r]+/g, "") + text.slice(quote, end);
    from = end;
  }
  return result + text.slice(from).replaceAll(/[ \t\n\r]+/g, "");
}

const QUOTE = 0x22;

/** True if the text has that many opening brackets, be they in strings or not. */
function hasOpening(text: string, count: number): boolean {
  let found = 0;
  for (const bracket of ["{", "["])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++found === count) return true;
  return false;
}

/** The value as ordinary JSON: raw numbers become numbers. */
export function plainJson(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isRawNumber(value)) return Number(value.rawJSON);
  if (Array.isArray(value)) return value.map(plainJson);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) define(plain, key, plainJson(item));
  return plain;
}
