import type { Random } from "../../../util/index.ts";

/** Node of a parsed regular expression. */
type Node =
  | { readonly kind: "chars"; readonly chars: readonly string[] }
  | { readonly kind: "sequence"; readonly nodes: readonly Node[] }
  | { readonly kind: "choice"; readonly nodes: readonly Node[] }
  | { readonly kind: "repeat"; readonly node: Node; readonly min: number; readonly max: number };

const LOWER = [..."abcdefghijklmnopqrstuvwxyz"];
const UPPER = LOWER.map((letter) => letter.toUpperCase());
const DIGITS = [..."0123456789"];
const WORD = [...LOWER, ...UPPER, ...DIGITS, "_"];
/** Characters for `.` and negated classes: printable ASCII, letters and digits first. */
const ANY = [...LOWER, ...DIGITS, ...UPPER, ...` -_.,:;!?'"()[]{}@#$%&*+=/\\|<>^\`~`];

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  d: DIGITS,
  w: WORD,
  s: [" "],
  D: ANY.filter((char) => !/\d/.test(char)),
  W: ANY.filter((char) => !/\w/.test(char)),
  S: ANY.filter((char) => char !== " "),
  t: ["\t"],
  n: ["\n"],
  r: ["\r"],
};
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  L: [...LOWER, "é"],
  Letter: [...LOWER, "é"],
  Lu: UPPER,
  Ll: LOWER,
  N: DIGITS,
  Nd: DIGITS,
};

const TRIES = 200;
/** Maximum length of a text; longer attempts fail. */
const MAX_TEXT = 20_000;
const MOST = 64;

/**
 * Makes a text that matches a JSON Schema `pattern`, of `min` to `max` characters.
 * @returns `undefined` if none was found: the pattern has lookarounds or backreferences, or allows no such length
 */
export function textFor(pattern: string, min: number, max: number, random: Random): string | undefined {
  let node: Node;
  let regex: RegExp;
  try {
    node = new Parser(pattern).parse();
    regex = new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
  for (let i = 0; i < TRIES; i++) {
    // Repetitions grow from the required ones to as many as the minimum length needs.
    const extra = i === 0 ? 2 : Math.min(max, Math.max(min, 2) * 2, 4 * i);
    const text = written(node, random, i % 3 === 1 ? 0 : extra);
    if (text === undefined) return undefined;
    if (fits(text, min, max) && regex.test(text)) return text;
    const grown = grow(text, min, max, regex, pattern);
    if (grown !== undefined) return grown;
  }
  return undefined;
}

function fits(text: string, min: number, max: number): boolean {
  const length = [...text].length;
  return length >= min && length <= max;
}

/** Lengthens a text for a pattern that is not anchored at its end. */
function grow(text: string, min: number, max: number, regex: RegExp, pattern: string): string | undefined {
  if ([...text].length >= min || pattern.endsWith("$")) return undefined;
  const grown = text.padEnd(min, "a");
  return fits(grown, min, max) && regex.test(grown) ? grown : undefined;
}

/** Writes a text; `undefined` if it gets too long. */
function written(node: Node, random: Random, extra: number): string | undefined {
  const chars: string[] = [];
  return writeNode(node, random, extra, chars) ? chars.join("") : undefined;
}

/** Writes a node; false for too many characters, since a few nested repetitions request millions. */
function writeNode(node: Node, random: Random, extra: number, chars: string[]): boolean {
  switch (node.kind) {
    case "chars":
      if (node.chars.length > 0) chars.push(random.pick(node.chars));
      return chars.length <= MAX_TEXT;
    case "sequence":
      return node.nodes.every((part) => writeNode(part, random, extra, chars));
    case "choice":
      return writeNode(random.pick(node.nodes), random, extra, chars);
    case "repeat": {
      const most = Math.min(node.max, node.min + extra);
      const times = node.min + random.int(most - node.min + 1);
      if (times > MAX_TEXT) return false;
      for (let i = 0; i < times; i++) if (!writeNode(node.node, random, extra, chars)) return false;
      return true;
    }
  }
}

const NONE: Node = { kind: "sequence", nodes: [] };

/** Parser for the regular expressions that schemas use. Throws SyntaxError on unsupported syntax. */
class Parser {
  readonly #chars: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#chars = [...pattern];
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#chars.length) throw new SyntaxError("a bracket too many");
    return node;
  }

  get #next(): string | undefined {
    return this.#chars[this.#at];
  }

  #take(): string {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw new SyntaxError("the pattern ends too early");
    return char;
  }

  #takes(text: string): boolean {
    if (this.#chars.slice(this.#at, this.#at + text.length).join("") !== text) return false;
    this.#at += text.length;
    return true;
  }

  #choice(): Node {
    const nodes = [this.#sequence()];
    while (this.#takes("|")) nodes.push(this.#sequence());
    return nodes.length === 1 ? (nodes[0] as Node) : { kind: "choice", nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") nodes.push(this.#repeated());
    return { kind: "sequence", nodes };
  }

  #repeated(): Node {
    const node = this.#atom();
    const [min, max] = this.#bounds();
    if (min === 1 && max === 1) return node;
    this.#takes("?"); // laziness does not change which texts match
    return { kind: "repeat", node, min, max };
  }

  #bounds(): [min: number, max: number] {
    if (this.#takes("*")) return [0, MOST];
    if (this.#takes("+")) return [1, MOST];
    if (this.#takes("?")) return [0, 1];
    const given = /^\{(\d+)(,(\d*))?\}/.exec(this.#chars.slice(this.#at, this.#at + 16).join(""));
    if (given === null) return [1, 1];
    this.#at += given[0].length;
    const min = Number(given[1]);
    if (given[2] === undefined) return [min, min];
    return [min, given[3] === "" ? min + MOST : Number(given[3])];
  }

  #atom(): Node {
    const char = this.#take();
    if (char === "(") return this.#group();
    if (char === "[") return this.#class();
    if (char === ".") return { kind: "chars", chars: ANY };
    if (char === "^" || char === "$") return NONE;
    if (char === "\\") {
      if (this.#next === "b") return this.#skip();
      return { kind: "chars", chars: this.#escape() };
    }
    if ("*+?".includes(char)) throw new SyntaxError("nothing to repeat");
    return { kind: "chars", chars: [char] };
  }

  #skip(): Node {
    this.#at++;
    return NONE;
  }

  #group(): Node {
    if (this.#takes("?")) {
      if (this.#takes("<") && !"=!".includes(this.#next ?? "=")) while (this.#take() !== ">");
      else if (!this.#takes(":")) throw new SyntaxError("looks around");
    }
    const node = this.#choice();
    if (!this.#takes(")")) throw new SyntaxError("a bracket is open");
    return node;
  }

  #class(): Node {
    const not = this.#takes("^");
    const chars: string[] = [];
    while (this.#next !== "]") {
      const [first = "", ...more] = this.#member();
      if (more.length === 0 && this.#next === "-" && this.#chars[this.#at + 1] !== "]") {
        this.#at++;
        chars.push(...characterRange(first, this.#member()[0] ?? ""));
      } else chars.push(first, ...more);
    }
    this.#at++;
    return { kind: "chars", chars: not ? ANY.filter((char) => !chars.includes(char)) : chars };
  }

  #member(): readonly string[] {
    const char = this.#take();
    return char === "\\" ? this.#escape() : [char];
  }

  #escape(): readonly string[] {
    const char = this.#take();
    const known = CLASSES[char];
    if (known !== undefined) return known;
    if (char === "p") return this.#property();
    const digits = char === "x" ? 2 : char === "u" ? 4 : 0;
    if (digits > 0) {
      const hex = this.#takes("{")
        ? this.#until("}")
        : Array.from({ length: digits }, () => this.#take()).join("");
      return [String.fromCodePoint(Number.parseInt(hex, 16))];
    }
    if (/[\dkPBfv]/.test(char)) throw new SyntaxError(`\\${char} is not known here`);
    return [char];
  }

  #property(): readonly string[] {
    if (!this.#takes("{")) throw new SyntaxError("a property has a name");
    const chars = PROPERTIES[this.#until("}").replace(/^.*=/, "")];
    if (chars === undefined) throw new SyntaxError("not known here");
    return chars;
  }

  #until(end: string): string {
    let text = "";
    for (let char = this.#take(); char !== end; char = this.#take()) text += char;
    return text;
  }
}

/** Readable characters of a range: its ASCII characters, otherwise all of them. */
function characterRange(from: string, to: string): string[] {
  const first = from.codePointAt(0) ?? 0;
  const last = Math.min(to.codePointAt(0) ?? 0, first + 255);
  const all = Array.from({ length: Math.max(1, last - first + 1) }, (_, i) =>
    String.fromCodePoint(first + i),
  );
  const readable = all.filter((char) => /[ -~]/.test(char));
  return readable.length > 0 ? readable : all;
}
