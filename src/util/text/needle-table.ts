/** Characters of a needle that are hashed. The shortest needle is as long. */
const WINDOW = 8;

/** Windows of a needle to choose from, the last one first: keys of one kind begin alike, and some end alike. */
const CHOICES = 4;

const FIRST_SIZE = 64;
/** Part of the cells that may be taken: with more of them a free one is found late. */
const MAX_LOAD = 0.6;

/** Multiplier of the rolling hash, and its power by which a character leaves the window. */
const BASE = 0x01_00_01_93;
const LEAVING = powerOf(WINDOW);
/** Spreads a hash over its upper bits, which choose the cell. */
const SPREAD = 0x9e_37_79_b1;

/** A location where a needle may stand. */
export interface NeedleHit {
  readonly reference: number;
  /** Offset of the needle in the text, by the needle's length. */
  readonly startOf: (length: number) => number;
}

/**
 * Finds many needles in a text in one pass: the time does not grow with their number. It keeps a hash and a reference for
 * each needle, not its text. Letters of either case are one, and so are `+/` and `-_`: the caller compares.
 */
export class NeedleTable {
  #hashes = new Uint32Array(FIRST_SIZE);
  /** References with the window that was chosen, plus one; zero is a free cell. */
  #references = new Uint32Array(FIRST_SIZE);
  #shift = 32 - Math.log2(FIRST_SIZE);
  #size = 0;

  /** Adds a needle that is at least as long as the shortest one. @param reference below 2 ** 29 */
  add(needle: string, reference: number): void {
    if (this.#size >= this.#references.length * MAX_LOAD) this.#grow();
    let [choice, fewest] = [0, Infinity];
    for (let one = 0; one < CHOICES && fewest > 0; one++) {
      const alike = this.#count(windowHash(needle, windowEnd(needle.length, one)), fewest);
      if (alike < fewest) [choice, fewest] = [one, alike];
    }
    this.#put(windowHash(needle, windowEnd(needle.length, choice)), reference * CHOICES + choice + 1);
    this.#size++;
  }

  /** References of needles that a text may be. */
  *equalTo(text: string): Generator<number> {
    if (text.length < WINDOW) return;
    const mask = this.#references.length - 1;
    for (let choice = 0; choice < CHOICES; choice++) {
      const hash = windowHash(text, windowEnd(text.length, choice));
      for (let cell = this.#cellOf(hash); this.#references[cell] !== 0; cell = (cell + 1) & mask) {
        const reference = (this.#references[cell] as number) - 1;
        if (this.#hashes[cell] === hash && reference % CHOICES === choice)
          yield Math.floor(reference / CHOICES);
      }
    }
  }

  /** All locations of a text where a needle may stand. */
  *find(text: string): Generator<NeedleHit> {
    if (this.#size === 0 || text.length < WINDOW) return;
    const hashes = this.#hashes;
    const references = this.#references;
    const mask = references.length - 1;
    const shift = this.#shift;
    let hash = windowHash(text, WINDOW);
    for (let end = WINDOW; ; end++) {
      for (let cell = Math.imul(hash, SPREAD) >>> shift; ; cell = (cell + 1) & mask) {
        const reference = references[cell] as number;
        if (reference === 0) break;
        if (hashes[cell] === hash) yield hitOf(reference - 1, end);
      }
      if (end >= text.length) return;
      const left = Math.imul(LEAVING, foldedCode(text.charCodeAt(end - WINDOW)));
      hash = (Math.imul(hash, BASE) + foldedCode(text.charCodeAt(end)) - left) >>> 0;
    }
  }

  #cellOf(hash: number): number {
    return Math.imul(hash, SPREAD) >>> this.#shift;
  }

  /** Number of needles with a hash; counting ends at a limit. */
  #count(hash: number, limit: number): number {
    const mask = this.#references.length - 1;
    let count = 0;
    for (let cell = this.#cellOf(hash); this.#references[cell] !== 0; cell = (cell + 1) & mask)
      if (this.#hashes[cell] === hash && ++count >= limit) break;
    return count;
  }

  #put(hash: number, reference: number): void {
    const mask = this.#references.length - 1;
    let cell = this.#cellOf(hash);
    while (this.#references[cell] !== 0) cell = (cell + 1) & mask;
    this.#hashes[cell] = hash;
    this.#references[cell] = reference;
  }

  #grow(): void {
    const [hashes, references] = [this.#hashes, this.#references];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#references = new Uint32Array(hashes.length * 2);
    this.#shift--;
    for (const [cell, reference] of references.entries())
      if (reference !== 0) this.#put(hashes[cell] as number, reference);
  }
}

function hitOf(reference: number, end: number): NeedleHit {
  const choice = reference % CHOICES;
  return {
    reference: Math.floor(reference / CHOICES),
    startOf: (length) => end - windowEnd(length, choice),
  };
}

/** Offset in a needle at which a window ends. */
function windowEnd(length: number, choice: number): number {
  return length - Math.floor(((length - WINDOW) * choice) / (CHOICES - 1));
}

/** Hash of the window that ends at an offset. */
function windowHash(text: string, end: number): number {
  let hash = 0;
  for (let at = end - WINDOW; at < end; at++)
    hash = (Math.imul(hash, BASE) + foldedCode(text.charCodeAt(at))) | 0;
  return hash >>> 0;
}

function powerOf(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power = Math.imul(power, BASE);
  return power;
}

const FOLDED = Uint16Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return (letter === "-" ? "+" : letter === "_" ? "/" : letter).charCodeAt(0);
});

function foldedCode(code: number): number {
  return code < 128 ? (FOLDED[code] as number) : code;
}
