import { GRAM, gramHash, hashOfSum, nextSum } from "./grams.ts";
import { spellingsOf } from "./known.ts";
import { textsOf } from "./texts.ts";

/** Bits of the filter over all texts: 8 MiB of memory, of which the system gives what is used. */
const ALL_BITS = 2 ** 26;
/** Characters of the texts that share a filter, to tell roughly which of them may hold a secret. */
const SEGMENT_CHARACTERS = 2 ** 15;
/** Limit (bytes) of all segments' filters. The texts of those that it forces out may hold any secret that the large filter lets pass. */
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Number of hashes that are remembered, a power of two. */
const LATEST = 4096;

interface Segment<Key> {
  readonly keys: Key[];
  bits: Uint32Array | undefined;
  characters: number;
}

/**
 * Index of texts that were written, in which a secret is looked up that was only learnt later. Its memory is bounded, and a
 * look-up costs the same after the first text and after the last. It may name a text that does not hold the secret; it names
 * each that does, in whatever spelling the scan knows.
 */
export class WrittenTexts<Key> {
  #all = new Uint32Array(ALL_BITS / 32);
  #segments: Segment<Key>[] = [];
  /** Hashes that the text under way has had: its views say much the same, and the large filter is slow to reach. */
  readonly #latest = new Uint32Array(LATEST);
  #bytes = 0;
  /** Number of segments, the oldest, that have no filter any more. */
  #forgotten = 0;

  /** @param between called after each large text */
  add(key: Key, source: string, between: () => void = () => {}): void {
    // A large text has a filter of its own, by its length: in the ways in which it is read it says much the same.
    if (source.length > SEGMENT_CHARACTERS) this.#add(key, textsIn(source, between), source.length);
    else this.addTexts(key, [], source);
  }

  /** Adds a small source. @param texts that were read of a part of it, as the scan does; the rest is read now */
  addTexts(key: Key, texts: readonly string[], rest: string): void {
    const all = [...texts, ...textsIn(rest)];
    const characters = all.reduce((sum, text) => sum + text.length, 0);
    this.#add(key, all, characters);
  }

  #add(key: Key, texts: Iterable<string>, characters: number): void {
    const segment = this.#segmentFor(characters);
    segment.keys.push(key);
    segment.characters += characters;
    const own = segment.bits as Uint32Array;
    this.#latest.fill(0);
    this.#latest[0] = 1; // the hash 0 was not seen either
    for (const text of texts) this.#addGrams(text, own);
  }

  #addGrams(text: string, own: Uint32Array): void {
    let sum = 0;
    for (let end = 1; end <= text.length; end++) {
      sum = nextSum(sum, text, end);
      if (end < GRAM) continue;
      const hash = hashOfSum(sum);
      const index = hash & (LATEST - 1);
      if (this.#latest[index] === hash) continue;
      this.#latest[index] = hash;
      setBit(this.#all, hash);
      setBit(own, hash);
    }
  }

  /** Forgets all texts, and gives back their memory. */
  clear(): void {
    this.#all = new Uint32Array(1);
    this.#segments = [];
    this.#bytes = 0;
    this.#forgotten = 0;
  }

  /** Keys of the texts that may hold one of the secrets. */
  find(secrets: readonly string[]): Set<Key> {
    const spellings = secrets
      .flatMap((secret) => spellingsOf(secret).map(([, text]) => text))
      .filter((text) => mayHold(this.#all, text));
    if (spellings.length === 0) return new Set();
    return new Set(
      this.#segments
        .filter(({ bits }) => bits === undefined || spellings.some((text) => mayHold(bits, text)))
        .flatMap(({ keys }) => keys),
    );
  }

  #segmentFor(characters: number): Segment<Key> {
    const last = this.#segments.at(-1);
    if (last?.bits !== undefined && last.characters + characters <= SEGMENT_CHARACTERS) return last;
    const bits = new Uint32Array(filterWords(Math.max(characters, SEGMENT_CHARACTERS)));
    this.#bytes += bits.byteLength;
    for (; this.#bytes > MAX_SEGMENT_BYTES && this.#forgotten < this.#segments.length; this.#forgotten++) {
      const oldest = this.#segments[this.#forgotten] as Segment<Key>;
      this.#bytes -= oldest.bits?.byteLength ?? 0;
      oldest.bits = undefined;
    }
    const segment = { keys: [], bits, characters: 0 };
    this.#segments.push(segment);
    return segment;
  }
}

function* textsIn(source: string, between?: () => void): Generator<string> {
  for (const { text } of textsOf(source, between)) yield text;
}

/** Words of a filter with two bits for each character. */
function filterWords(characters: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(characters * 2)) - 5);
}

function setBit(bits: Uint32Array, hash: number): void {
  const word = (hash >>> 5) & (bits.length - 1);
  bits[word] = (bits[word] as number) | (1 << (hash & 31));
}

function mayHold(bits: Uint32Array, text: string): boolean {
  for (let end = GRAM; end <= text.length; end++) {
    const hash = gramHash(text, end);
    if ((((bits[(hash >>> 5) & (bits.length - 1)] as number) >>> (hash & 31)) & 1) === 0) return false;
  }
  return true;
}
