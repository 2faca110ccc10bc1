import { type NeedleHit, NeedleTable } from "../util/index.ts";
import { isCredentialText } from "./names/index.ts";

/** Range of a known secret, plain or encoded. */
export interface KnownLocation {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Shorter ones are words as well: a client may send `test` for a key. */
const MIN_LENGTH = 8;
/** A base64 text may begin anywhere in a longer one; what all encodings of the secret have in common must be so long. */
const MIN_CORE = 10;

interface Spelling {
  /** Texts of a secret in this spelling; those of one spelling differ only in what the table folds. */
  readonly textsOf: (value: string) => readonly string[];
  /** Letters of the encoding: the whole run of them is what is replaced. */
  readonly run?: RegExp;
  /** The text is the beginning of the secret, of which more may follow. */
  readonly goesOn?: boolean;
}

const BASE64_RUN = /[A-Za-z0-9+/_=-]/;
const HEX_RUN = /[0-9a-fA-F]/;

const PLAIN: Spelling = { textsOf: (value) => [value] };
/** Their numbers stand in the table's references, beside the secret's. */
const SPELLINGS: readonly Spelling[] = [
  PLAIN,
  // As JSON, and as JSON in JSON; most secrets have nothing to escape.
  { textsOf: (value) => otherThan(value, escaped(value)) },
  { textsOf: (value) => otherThan(value, escaped(escaped(value))) },
  { textsOf: hexTexts, run: HEX_RUN },
  ...[0, 1, 2].map((shift) => ({
    textsOf: (value: string) => base64Cores(value, shift),
    run: BASE64_RUN,
  })),
  { textsOf: beginnings, goesOn: true },
];
const SPELLINGS_BITS = 3;

/** Limits of the memory that clean strings take. */
const MAX_CLEAN = 4096;
const MAX_CLEAN_LENGTH = 256;

/** Secrets that were seen, to find them where nothing but their value tells them. The time does not grow with their number. */
export class KnownSecrets {
  readonly #values: string[] = [];
  readonly #table = new NeedleTable();
  /** Words, which may be shorter than what the table takes. There are few. */
  readonly #words: string[] = [];
  /** Texts without a secret, as far as is known. Most strings of a stream stand in each of its events. */
  readonly #clean = new Set<string>();
  #comparisons = 0;

  /** The secrets, in the order in which they were learnt. The same list is returned each time, and it only grows. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** Number of times that a secret was compared with a location of a text. */
  get comparisons(): number {
    return this.#comparisons;
  }

  has(value: string): boolean {
    if (this.#words.includes(value)) return true;
    for (const reference of this.#table.equalTo(value))
      if (this.#values[reference >>> SPELLINGS_BITS] === value) return true;
    return false;
  }

  /** @param word takes words too: host names are some */
  add(value: string, word = false): boolean {
    if (this.has(value) || (!word && !worthKnowing(value))) return false;
    this.#clean.clear();
    const reference = (this.#values.push(value) - 1) << SPELLINGS_BITS;
    if (word) this.#words.push(value);
    else
      for (const [number, { textsOf }] of SPELLINGS.entries()) {
        const [text] = textsOf(value);
        if (text !== undefined) this.#table.add(text, reference | number);
      }
    return true;
  }

  /** True for a text in which no secret was found since the last one was learnt. */
  isClean(text: string): boolean {
    return this.#clean.has(text);
  }

  /** Remembers that a text holds no secret, until one more is learnt. Long texts seldom come again. */
  learnClean(text: string): void {
    if (text.length > MAX_CLEAN_LENGTH) return;
    if (this.#clean.size >= MAX_CLEAN) this.#clean.clear();
    this.#clean.add(text);
  }

  /** Occurrences of the secrets, in the order in which they were learnt. */
  find(text: string): KnownLocation[] {
    const found: { readonly order: number; readonly location: KnownLocation }[] = [];
    for (const hit of this.#table.find(text)) {
      const location = this.#compared(text, hit);
      if (location !== undefined) found.push({ order: hit.reference, location });
    }
    const known = found
      .toSorted((a, b) => a.order - b.order)
      .map(({ location }) => location)
      .filter((location) => !isWithinDigits(text, location));
    return [...this.#words.flatMap((word) => locationsOf(text, word)), ...known];
  }

  #compared(text: string, { reference, startOf }: NeedleHit): KnownLocation | undefined {
    this.#comparisons++;
    const value = this.#values[reference >>> SPELLINGS_BITS] as string;
    const spelling = SPELLINGS[reference & ((1 << SPELLINGS_BITS) - 1)] as Spelling;
    for (const spelled of spelling.textsOf(value)) {
      const start = startOf(spelled.length);
      const end = start + spelled.length;
      if (start < 0) continue;
      if (spelling.goesOn && text.startsWith(spelled, start))
        return { start, end: start + lengthInCommon(text, start, value), value };
      const here = text.slice(start, end);
      if (here === spelled || (spelling === PLAIN && here.toLowerCase() === spelled.toLowerCase()))
        return { ...extended(text, start, end, spelling.run), value };
    }
    return undefined;
  }
}

function worthKnowing(value: string): boolean {
  if (value.length < MIN_LENGTH) return false;
  return isCredentialText(value) || /\d/.test(value) || value.length >= 16;
}

/** A run of digits in a longer one is another number. */
function isWithinDigits(text: string, { start, end }: KnownLocation): boolean {
  const isDigit = (at: number): boolean => /\d/.test(text.charAt(at));
  return (isDigit(start) && isDigit(start - 1)) || (isDigit(end - 1) && isDigit(end) && isDigit(start));
}

/** Shorter secrets are not recognised by their beginning, which may be that of a word. */
const MIN_CUT = 16;

/** The larger half of a long secret, as errors quote it: `Incorrect API key provided: sk-abcdefgh…`. */
function beginnings(value: string): string[] {
  if (value.length >= MIN_CUT) return [value.slice(0, Math.max(12, Math.ceil(value.length * 0.6)))];
  // A person's password without the sign at its end, as a sentence may have it.
  const [, word] = /^([\p{L}\d].{6,}[\p{L}\d])[^\p{L}\d]+$/u.exec(value) ?? [];
  return word === undefined ? [] : [word];
}

function lengthInCommon(text: string, start: number, value: string): number {
  let length = 0;
  while (length < value.length && text[start + length] === value[length]) length++;
  return length;
}

function otherThan(value: string, text: string): string[] {
  return text === value ? [] : [text];
}

function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function hexTexts(value: string): string[] {
  const hex = Buffer.from(value).toString("hex");
  return [hex, hex.toUpperCase()];
}

/** Letters that base64 of any text with these bytes at this offset contains: those that neighbouring bytes do not change. */
function base64Cores(value: string, shift: number): string[] {
  const bytes = Buffer.from(value);
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const spoilt = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  const core = encoded.slice([0, 2, 3][shift], encoded.length - spoilt);
  return core.length < MIN_CORE ? [] : [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}

function locationsOf(text: string, word: string): KnownLocation[] {
  const found: KnownLocation[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length))
    found.push({ start: at, end: at + word.length, value: word });
  return found;
}

function extended(
  text: string,
  from: number,
  to: number,
  run: RegExp | undefined,
): { start: number; end: number } {
  let [start, end] = [from, to];
  if (run !== undefined) {
    while (start > 0 && run.test(text.charAt(start - 1))) start--;
    while (end < text.length && run.test(text.charAt(end))) end++;
  }
  return { start, end };
}
