import { ERRORS, type Fault } from "./errors.ts";
import type { Bounds, StringType } from "./types.ts";
import type { PyValue } from "./value.ts";

/**
 * Nearness of a value to a type: accepted unchanged, strictly (an int for a float), or only in lax mode. A union takes the
 * nearest branch.
 */
export const EXACT = 2;
export const STRICT = 1;
export const LAX = 0;
export type Exactness = typeof EXACT | typeof STRICT | typeof LAX;

/** A scalar that was accepted, as the type reads it. */
export interface Read<T> {
  readonly value: T;
  readonly exactness: Exactness;
}

const read = <T>(value: T, exactness: Exactness): Read<T> => ({ value, exactness });
/** True if a value was accepted. */
export const isRead = <T>(result: Read<T> | Fault): result is Read<T> => "exactness" in result;

/** White space that Rust's `str::trim` removes. JavaScript's `trim` does not know U+0085. */
const SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");

/** Removes white space at both ends, as pydantic does for strings that it strips. */
export function stripText(text: string): string {
  return text.replaceAll(OUTER_SPACE, "");
}

const FALSE_WORDS = new Set(["0", "f", "n", "no", "off", "false"]);
const TRUE_WORDS = new Set(["1", "t", "y", "on", "yes", "true"]);

const I64_MIN = -(2n ** 63n);
const I64_MAX = 2n ** 63n - 1n;
const TWO_63 = 2 ** 63;

/** Reads a lax `bool` in Python mode: 0 and 1 of any number type, and words in any case but without blanks around them. */
export function readBool(input: PyValue): Read<boolean> | Fault {
  if (typeof input === "boolean") return read(input, EXACT);
  if (typeof input === "string") {
    if (!input.isWellFormed()) return ERRORS.stringUnicode();
    const word = asciiLower(input);
    if (TRUE_WORDS.has(word)) return read(true, LAX);
    return FALSE_WORDS.has(word) ? read(false, LAX) : ERRORS.boolParsing();
  }
  if (typeof input === "bigint" && input >= I64_MIN && input <= I64_MAX)
    return input === 0n || input === 1n ? read(input === 1n, LAX) : ERRORS.boolParsing();
  if (typeof input === "number" && Number.isInteger(input) && Math.abs(input) < TWO_63)
    return input === 0 || input === 1 ? read(input === 1, LAX) : ERRORS.boolParsing();
  return ERRORS.boolType();
}

const asciiLower = (text: string): string => text.replaceAll(/[A-Z]/g, (char) => char.toLowerCase());

/** Reads a lax `int` in Python mode. */
export function readInt(input: PyValue): Read<bigint> | Fault {
  if (typeof input === "bigint") return read(input, EXACT);
  if (typeof input === "boolean") return read(input ? 1n : 0n, LAX);
  if (typeof input === "string") return readIntText(input);
  if (typeof input !== "number") return ERRORS.intType();
  if (!Number.isFinite(input)) return ERRORS.finiteNumber();
  if (!Number.isInteger(input)) return ERRORS.intFromFloat();
  return Math.abs(input) < TWO_63 ? read(BigInt(input), LAX) : ERRORS.intParsingSize();
}

/** Number of characters of an integer that pydantic reads at most, its sign included. */
const MAX_LENGTH = 4300;
const PLAIN_INT = /^-?(?:0|[1-9][0-9]*)$/;

function readIntText(text: string): Read<bigint> | Fault {
  if (!text.isWellFormed()) return ERRORS.stringUnicode();
  const digits = /^-?[1-9][0-9]*/.exec(text)?.[0] ?? "";
  if (digits.length > MAX_LENGTH) return ERRORS.intParsingSize();
  const cleaned = PLAIN_INT.test(text) ? text : cleanIntText(text);
  return cleaned !== undefined && PLAIN_INT.test(cleaned) && cleaned.length <= MAX_LENGTH
    ? read(BigInt(cleaned), LAX)
    : ERRORS.intParsing();
}

/** Removes characters that `int` allows around digits: blanks, a plus, leading zeros, `.000`, single underscores. */
function cleanIntText(text: string): string | undefined {
  const match = /^([+-]?)(.*)$/s.exec(stripText(text));
  const [, sign = "", rest = ""] = match ?? [];
  let digits = withoutLeadingZeros(rest);
  if (digits === undefined) return undefined;
  digits = digits.replace(/\.0+$/, "");
  digits = withoutUnderscores(digits) ?? digits;
  return sign === "-" ? `-${digits}` : digits;
}

function withoutLeadingZeros(text: string): string | undefined {
  if (/^[1-9]/.test(text)) return text;
  const zeros = /^0[0_]*/.exec(text)?.[0];
  if (zeros === undefined) return undefined;
  const next = text[zeros.length];
  if (next === undefined) return text.slice(-1);
  if (/[1-9]/.test(next)) return text.slice(zeros.length);
  return next === "." ? text.slice(zeros.length - 1) : undefined;
}

/** Removes underscores between digits, as in Python's literals; `undefined` if there are none or they stand elsewhere. */
function withoutUnderscores(text: string): string | undefined {
  if (text.startsWith("_") || text.endsWith("_") || !text.includes("_") || text.includes("__"))
    return undefined;
  return text.replaceAll("_", "");
}

/** Reads a lax `float` in Python mode. NaN and the infinities are floats. */
export function readFloat(input: PyValue): Read<number> | Fault {
  if (typeof input === "number") return read(input, EXACT);
  if (typeof input === "boolean") return read(input ? 1 : 0, LAX);
  if (typeof input === "bigint") {
    const value = Number(input);
    return Number.isFinite(value) ? read(value, STRICT) : ERRORS.floatType();
  }
  if (typeof input !== "string") return ERRORS.floatType();
  if (!input.isWellFormed()) return ERRORS.stringUnicode();
  const value = parseFloatText(stripText(input)) ?? parseFloatText(withoutUnderscores(input) ?? "");
  return value === undefined ? ERRORS.floatParsing() : read(value, LAX);
}

/** Parses a float as Rust's `f64::from_str` does. */
function parseFloatText(text: string): number | undefined {
  const named = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(text);
  if (named !== null) {
    if (named[2] === undefined) return Number.NaN;
    return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text) ? Number(text) : undefined;
}

/** The error for the first limit that a number is beyond, in pydantic's order of limits. NaN is beyond each. */
export function outOfBounds<N extends bigint | number>(value: N, bounds: Bounds<N>): Fault | undefined {
  const { le, lt, ge, gt } = bounds;
  if (le !== undefined && !(value <= le)) return ERRORS.lessThanEqual(le);
  if (lt !== undefined && !(value < lt)) return ERRORS.lessThan(lt);
  if (ge !== undefined && !(value >= ge)) return ERRORS.greaterThanEqual(ge);
  if (gt !== undefined && !(value > gt)) return ERRORS.greaterThan(gt);
  return undefined;
}

/** Reads a `str`: only a string is accepted. Lengths count characters after blanks are stripped. */
export function readString(input: PyValue, type: StringType): Read<string> | Fault {
  if (typeof input !== "string") return ERRORS.stringType();
  const { min, max, pattern, strip } = type;
  if (min === undefined && max === undefined && pattern === undefined && !strip) return read(input, EXACT);
  if (!input.isWellFormed()) return ERRORS.stringUnicode();
  const text = strip ? stripText(input) : input;
  if (min !== undefined && isShorter(text, min)) return ERRORS.stringTooShort(min);
  if (max !== undefined && !isShorter(text, max + 1)) return ERRORS.stringTooLong(max);
  if (pattern !== undefined && !new RegExp(pattern, "u").test(text)) return ERRORS.patternMismatch(pattern);
  return read(text, EXACT);
}

/** True if a text has fewer characters than `count`. Only texts near the limit are counted. */
function isShorter(text: string, count: number): boolean {
  if (text.length < count) return true;
  if (text.length >= count * 2) return false;
  return [...text].length < count;
}
