import type { Node } from "jsonc-parser";
import { itemNode, memberNode } from "./json-nodes.ts";

/** Deeper JSON is read by the tolerant parser, which has its own limit. */
const MAX_DEPTH = 128;

// JSON allows none of these in a string.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f]/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: readonly (readonly [text: string, value: boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/**
 * The tree of a text that is strict JSON, as the tolerant parser makes it, in a fraction of the time. `undefined` if anything in
 * the text is out of the ordinary: then that parser has to decide.
 */
export function strictTree(text: string): Node | undefined {
  return new StrictReader(text).whole();
}

class StrictReader {
  readonly #text: string;
  /** True if a string may hold a control character, which JSON does not allow. */
  readonly #hasControl: boolean;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#hasControl = CONTROL.test(text);
  }

  whole(): Node | undefined {
    this.#skipBlanks();
    const root = this.#value(false, 0);
    this.#skipBlanks();
    return this.#at === this.#text.length ? root : undefined;
  }

  #value(inList: boolean, depth: number): Node | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#string();
    if (code === BRACE) return depth < MAX_DEPTH ? this.#object(depth + 1) : undefined;
    if (code === BRACKET) return depth < MAX_DEPTH ? this.#array(depth + 1) : undefined;
    return code === MINUS || (code >= ZERO && code <= NINE) ? this.#number(inList) : this.#word();
  }

  #string(): Node | undefined {
    const offset = this.#at;
    const text = this.#text;
    let end = text.indexOf('"', offset + 1);
    let inside = text.slice(offset + 1, end);
    const escaped = inside.includes("\\");
    if (escaped) {
      while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
      inside = text.slice(offset + 1, end);
    }
    if (end === -1 || (this.#hasControl && CONTROL.test(inside))) return undefined;
    const value = escaped ? decodedLiteral(text.slice(offset, end + 1)) : inside;
    if (value === undefined) return undefined;
    this.#at = end + 1;
    return { type: "string", value, offset, length: this.#at - offset };
  }

  #number(inList: boolean): Node | undefined {
    const offset = this.#at;
    NUMBER.lastIndex = offset;
    const [source] = NUMBER.exec(this.#text) ?? [];
    if (source === undefined) return undefined;
    this.#at += source.length;
    const value = Number(source);
    return inList
      ? itemNode(value, source, offset)
      : { type: "number", value, offset, length: source.length };
  }

  #word(): Node | undefined {
    const offset = this.#at;
    for (const [source, value] of WORDS)
      if (this.#text.startsWith(source, offset)) {
        this.#at += source.length;
        return { type: value === null ? "null" : "boolean", value, offset, length: source.length };
      }
    return undefined;
  }

  #array(depth: number): Node | undefined {
    const offset = this.#at++;
    const children: Node[] = [];
    for (this.#skipBlanks(); this.#text.charCodeAt(this.#at) !== BRACKET_END;) {
      if (children.length > 0 && !this.#comma()) return undefined;
      const item = this.#value(true, depth);
      if (item === undefined) return undefined;
      children.push(item);
      this.#skipBlanks();
    }
    this.#at++;
    return { type: "array", offset, length: this.#at - offset, children };
  }

  #object(depth: number): Node | undefined {
    const offset = this.#at++;
    const children: Node[] = [];
    for (this.#skipBlanks(); this.#text.charCodeAt(this.#at) !== BRACE_END;) {
      if (children.length > 0 && !this.#comma()) return undefined;
      const member = this.#member(depth);
      if (member === undefined) return undefined;
      children.push(member);
      this.#skipBlanks();
    }
    this.#at++;
    return { type: "object", offset, length: this.#at - offset, children };
  }

  #member(depth: number): Node | undefined {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) return undefined;
    const name = this.#string();
    this.#skipBlanks();
    if (name === undefined || this.#text.charCodeAt(this.#at) !== COLON) return undefined;
    this.#at++;
    this.#skipBlanks();
    const value = this.#value(false, depth);
    return value === undefined ? undefined : memberNode(name, value, this.#at);
  }

  /** Passes a comma and the blanks after it. */
  #comma(): boolean {
    if (this.#text.charCodeAt(this.#at) !== COMMA) return false;
    this.#at++;
    this.#skipBlanks();
    return true;
  }

  #skipBlanks(): void {
    for (
      let code = this.#text.charCodeAt(this.#at);
      isJsonBlank(code);
      code = this.#text.charCodeAt(++this.#at)
    );
  }
}

/** True if a quote has an odd number of backslashes before it. */
function isEscaped(text: string, quote: number): boolean {
  let before = quote - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (quote - before) % 2 === 0;
}

/** The text of a string of JSON; `undefined` if it has an escape that JSON does not know. */
function decodedLiteral(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

function isJsonBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
