import { decodeJsonText } from "../../util/index.ts";
import type { PyDict, PyValue } from "./value.ts";

/** The result of `json.loads` for the bytes of a body. */
export type DecodedJson =
  | { readonly value: PyValue }
  /** A `JSONDecodeError`. Its `pos` counts characters, not bytes or UTF-16 units. */
  | { readonly error: { readonly msg: string; readonly pos: number } }
  /** Any other exception: bytes that are no text, or nesting or digits beyond CPython's limits. */
  | { readonly unreadable: "encoding" | "recursion" | "digits" };

/**
 * Depth to which arrays and objects may nest before CPython raises a RecursionError. The limit is that of the C stack and
 * depends on the release: this is CPython 3.12.1 under FastAPI (`test/live/pydantic/oracle.py --limits` measures it).
 */
export const JSON_DEPTH_LIMIT = 1493;

/** Number of digits that `int()` reads at most (`sys.int_info.default_max_str_digits`). */
export const INT_DIGITS_LIMIT = 4300;

/**
 * Reads JSON as CPython 3.12's `json.loads` reads bytes, with the messages and positions of its C scanner: `NaN` and
 * `Infinity` are numbers, the last of equal keys wins at the position of the first, and a byte order mark is skipped.
 * Time is proportional to the body, and no stack is needed, whatever the body is.
 */
export function readPythonJson(bytes: Uint8Array): DecodedJson {
  const text = decodeJsonText(bytes);
  return text === undefined ? { unreadable: "encoding" } : readPythonJsonText(text);
}

/** Reads JSON as `readPythonJson` does, from a text such as a form field. */
export function readPythonJsonText(text: string): DecodedJson {
  try {
    return { value: new Scanner(text).document() };
  } catch (error) {
    if (error instanceof SyntaxFailure)
      return { error: { msg: error.message, pos: codePointsBefore(text, error.unit) } };
    if (error instanceof LimitFailure) return { unreadable: error.limit };
    throw error;
  }
}

class SyntaxFailure extends Error {
  /** Position in UTF-16 units. */
  readonly unit: number;
  constructor(message: string, unit: number) {
    super(message);
    this.unit = unit;
  }
}

class LimitFailure extends Error {
  readonly limit: "recursion" | "digits";
  constructor(limit: "recursion" | "digits") {
    super(limit);
    this.limit = limit;
  }
}

function codePointsBefore(text: string, unit: number): number {
  let count = unit;
  for (let i = 1; i < unit; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) {
      count--;
      i++;
    }
  }
  return count;
}

type Frame = { readonly list: PyValue[] } | { readonly dict: PyDict; key: string };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const ZERO = 0x30;
const NINE = 0x39;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const CONSTANTS: readonly (readonly [string, PyValue])[] = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

class Scanner {
  readonly #text: string;
  #at = 0;
  readonly #space = /[ \t\n\r]*/y;
  // oxlint-disable-next-line no-control-regex
  readonly #plain = /[^"\\\u0000-\u001f]*/y;
  readonly #number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;

  constructor(text: string) {
    this.#text = text;
  }

  document(): PyValue {
    this.#skip();
    const value = this.#value();
    this.#skip();
    if (this.#at < this.#text.length) throw new SyntaxFailure("Extra data", this.#at);
    return value;
  }

  /** Reads a value with all its members. A list of open containers stands in for the call stack. */
  #value(): PyValue {
    const open: Frame[] = [];
    for (;;) {
      let value = this.#opened(open);
      if (value === undefined) continue;
      for (;;) {
        const frame = open.at(-1);
        if (frame === undefined) return value;
        if ("list" in frame) frame.list.push(value);
        else frame.dict.set(frame.key, value);
        if (!this.#closes(frame)) break;
        value = "list" in frame ? frame.list : frame.dict;
        open.pop();
      }
    }
  }

  /** Reads a scalar or an empty container; `undefined` if it opened a container, whose first value comes next. */
  #opened(open: Frame[]): PyValue | undefined {
    const char = this.#text[this.#at];
    if (char !== "{" && char !== "[") return this.#scalar();
    if (open.length >= JSON_DEPTH_LIMIT) throw new LimitFailure("recursion");
    this.#at++;
    this.#skip();
    if (this.#text[this.#at] === (char === "{" ? "}" : "]")) {
      this.#at++;
      return char === "{" ? new Map<string, PyValue>() : [];
    }
    open.push(char === "[" ? { list: [] } : { dict: new Map<string, PyValue>(), key: this.#key() });
    return undefined;
  }

  /** Reads on after a value. @returns true if its container ends; else the scanner is before the next value */
  #closes(frame: Frame): boolean {
    this.#skip();
    const isList = "list" in frame;
    if (this.#text[this.#at] === (isList ? "]" : "}")) {
      this.#at++;
      return true;
    }
    if (this.#text.charCodeAt(this.#at) !== COMMA)
      throw new SyntaxFailure("Expecting ',' delimiter", this.#at);
    this.#at++;
    this.#skip();
    if (!isList) frame.key = this.#key();
    return false;
  }

  #key(): string {
    if (this.#text.charCodeAt(this.#at) !== QUOTE)
      throw new SyntaxFailure("Expecting property name enclosed in double quotes", this.#at);
    const key = this.#string();
    this.#skip();
    if (this.#text[this.#at] !== ":") throw new SyntaxFailure("Expecting ':' delimiter", this.#at);
    this.#at++;
    this.#skip();
    return key;
  }

  #scalar(): PyValue {
    const first = this.#text.charCodeAt(this.#at);
    if (first === QUOTE) return this.#string();
    if (first >= ZERO && first <= NINE) return this.#numeral();
    for (const [word, value] of CONSTANTS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.#numeral();
  }

  #numeral(): PyValue {
    this.#number.lastIndex = this.#at;
    const match = this.#number.exec(this.#text);
    if (match === null) throw new SyntaxFailure("Expecting value", this.#at);
    const [lexeme, fraction, exponent] = match;
    this.#at += lexeme.length;
    if (fraction !== undefined || exponent !== undefined) return Number(lexeme);
    if (lexeme.length - (lexeme.startsWith("-") ? 1 : 0) > INT_DIGITS_LIMIT) throw new LimitFailure("digits");
    return BigInt(lexeme);
  }

  #string(): string {
    const begin = this.#at;
    const parts: string[] = [];
    this.#at++;
    for (;;) {
      this.#plain.lastIndex = this.#at;
      const plain = this.#plain.exec(this.#text)?.[0] ?? "";
      this.#at += plain.length;
      if (this.#at >= this.#text.length) throw new SyntaxFailure("Unterminated string starting at", begin);
      const end = this.#text.charCodeAt(this.#at);
      if (end !== QUOTE && end !== BACKSLASH)
        throw new SyntaxFailure("Invalid control character at", this.#at);
      this.#at++;
      if (end === QUOTE) return parts.length === 0 ? plain : parts.join("") + plain;
      parts.push(plain, this.#escape(begin));
    }
  }

  /** Reads the character of an escape. Two escaped surrogates of a pair become one character, being side by side. */
  #escape(begin: number): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new SyntaxFailure("Unterminated string starting at", begin);
    this.#at++;
    if (char !== "u") {
      const meant = ESCAPES.get(char);
      if (meant === undefined) throw new SyntaxFailure("Invalid \\escape", this.#at - 2);
      return meant;
    }
    const hex = this.#text.slice(this.#at, this.#at + 4);
    // CPython wants a character after the four digits: without one, the escape is called invalid, not the string unterminated.
    if (this.#at + 4 >= this.#text.length || !/^[0-9a-fA-F]{4}$/.test(hex))
      throw new SyntaxFailure("Invalid \\uXXXX escape", this.#at - 1);
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #skip(): void {
    this.#space.lastIndex = this.#at;
    this.#at += this.#space.exec(this.#text)?.[0].length ?? 0;
  }
}
