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
/** Most secrets that are searched for everywhere; beyond it the oldest are only found where name or form shows them. */
const MAX_KNOWN = 512;

interface Needle {
  readonly text: string;
  readonly value: string;
  /** Letters of its encoding: the whole run of them is what is replaced. */
  readonly run: RegExp | undefined;
}

const BASE64_RUN = /[A-Za-z0-9+/_=-]/;
const HEX_RUN = /[0-9a-fA-F]/;

/** Secrets that were seen, to find them where nothing but their value tells them. */
export class KnownSecrets {
  readonly #needles = new Map<string, readonly Needle[]>();

  /** The secrets, in the order in which they were learnt. */
  get values(): string[] {
    return [...this.#needles.keys()];
  }

  /** @param whole takes words too: host names are some */
  add(value: string, whole = false): boolean {
    if (this.#needles.has(value) || (!whole && !worthKnowing(value))) return false;
    this.#needles.set(value, needlesOf(value, whole));
    const [oldest] = this.#needles.size > MAX_KNOWN ? this.#needles.keys() : [];
    if (oldest !== undefined) this.#needles.delete(oldest);
    return true;
  }

  *find(text: string): Generator<KnownLocation> {
    for (const needles of this.#needles.values())
      for (const { text: needle, value, run } of needles)
        for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
          yield { ...extended(text, at, at + needle.length, run), value };
  }
}

function worthKnowing(value: string): boolean {
  if (value.length < MIN_LENGTH) return false;
  return isCredentialText(value) || /\d/.test(value) || value.length >= 16;
}

function needlesOf(value: string, whole: boolean): Needle[] {
  if (whole) return [{ text: value, value, run: undefined }];
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const needles: Needle[] = [
    { text: value, value, run: undefined },
    // As JSON, and as JSON in JSON; most secrets have nothing to escape.
    ...[escapedPattern(value), escapedPattern(escapedPattern(value))]
      .filter((text) => text !== value)
      .map((text) => ({ text, value, run: undefined })),
    ...[hex, hex.toUpperCase()].map((text) => ({ text, value, run: HEX_RUN })),
  ];
  for (let shift = 0; shift < 3; shift++) {
    const core = base64Core(bytes, shift);
    if (core.length < MIN_CORE) continue;
    needles.push({ text: core, value, run: BASE64_RUN });
    const url = core.replaceAll("+", "-").replaceAll("/", "_");
    if (url !== core) needles.push({ text: url, value, run: BASE64_RUN });
  }
  return needles;
}

function escapedPattern(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Letters that base64 of any text with these bytes at this offset contains: those that neighbouring bytes do not change. */
function base64Core(bytes: Uint8Array, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const spoilt = (shift + bytes.length) % 3 === 0 ? 0 : 1;
  return encoded.slice([0, 2, 3][shift], encoded.length - spoilt);
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
