import { isSecretValue, splitCredential } from "../names/index.ts";
import type { NamedValue, StrengthOf } from "./named-value.ts";

/** No name is longer. */
const MAX_NAME = 80;
/**
 * The end of a key of JSON, before a value that may be a secret. Backslashes are taken from the first of them: a long run of them
 * would be tried from each anew.
 */
const KEY_END = /(?<!\\)(\\*)"\s{0,8}:\s{0,8}(?=[\\"[\d-])/g;

/**
 * The values of JSON members with telling names, at any depth, also of JSON that is a string in other JSON: its quotes
 * have backslashes before them, 1, 3, 7 … by how deep it is. The text need not be whole, nor JSON all over (an SSE
 * stream, a log).
 */
export function* fieldValues(text: string, strengthOf: StrengthOf): Generator<NamedValue> {
  for (const match of text.matchAll(KEY_END)) {
    const escapes = match[1]?.length ?? 0;
    const nameEnd = match.index + match[0].indexOf('"') - escapes;
    const nameStart = text.lastIndexOf('"', nameEnd - 1) + 1;
    if (nameStart === 0 || nameEnd - nameStart > MAX_NAME) continue;
    const name = text.slice(nameStart, nameEnd);
    const strength = strengthOf(
      name.replaceAll(/\\+u([0-9a-fA-F]{4})/g, (_, unit: string) =>
        String.fromCharCode(Number.parseInt(unit, 16)),
      ),
    );
    if (strength === undefined) continue;
    for (const { start, end, bare } of valuesFrom(text, match.index + match[0].length, escapes)) {
      if (
        bare
          ? strength !== "strong" || !isBareSecret(text.slice(start, end))
          : isSiblingOfLogprob(text, end, nameStart)
      )
        continue;
      const value = text.slice(start, end);
      if (!bare && !isSecretValue(value, strength)) continue;
      // `"Authorization": "Bearer …"`: the scheme stays.
      const scheme = bare ? 0 : splitCredential(value).scheme.length;
      if (scheme < value.length) yield { name, start: start + scheme, end, ...(bare ? { bare } : {}) };
    }
  }
}

interface Value {
  readonly start: number;
  readonly end: number;
  readonly bare?: boolean;
}

/** True for a number that may be a password: `hunter` is none, and neither is a count or a price. */
export function isBareSecret(number: string): boolean {
  return /^\d{4,}$/.test(number);
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/** A string, a number, or the strings of a list. */
function* valuesFrom(text: string, from: number, escapes: number): Generator<Value> {
  const inList = text[from] === "[";
  for (let at = inList ? from + 1 : from; ;) {
    while (/[\s,]/.test(text.charAt(at))) at++;
    const value = stringAt(text, at, escapes);
    if (value === undefined) {
      NUMBER.lastIndex = at;
      const number = inList ? null : NUMBER.exec(text);
      if (number !== null) yield { start: at, end: at + number[0].length, bare: true };
      return;
    }
    yield value;
    if (!inList) return;
    at = value.end + escapes + 1;
  }
}

/**
 * The string that begins at an offset, with that many backslashes before each of its quotes. Its end is the first quote
 * after which the string next out goes on: backslashes that are themselves escaped come in pairs of that level. One that
 * is cut short ends with the text.
 */
function stringAt(text: string, at: number, escapes: number): Value | undefined {
  const start = at + escapes + 1;
  if (text.slice(at, start) !== `${"\\".repeat(escapes)}"`) return undefined;
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let run = 0;
    while (quote - run > start && text.charCodeAt(quote - run - 1) === 0x5c) run++;
    if (run % (2 * (escapes + 1)) === escapes || run < escapes) {
      const end = quote - Math.min(run, escapes);
      return { start, end };
    }
  }
  return { start, end: text.length };
}

/** In logprobs `token` is a part of the answer: its number stands beside it. */
function isSiblingOfLogprob(text: string, end: number, nameStart: number): boolean {
  return (
    /^\\*"\s*,\s*\\*"(?:logprob|bytes|token_id|rank|score|start|piece)\b/.test(text.slice(end, end + 40)) ||
    /\\*"(?:logprob|token_id|rank)\\*"\s*:\s*-?[\d.eE+-]+\s*,\s*\\*"$/.test(
      text.slice(Math.max(0, nameStart - 60), nameStart),
    )
  );
}
