/** Characters that are hashed together. The shortest secret is as long. */
export const GRAM = 6;

/** Limit of a gram's end in its spelling: a secret of a certificate's size is told by its beginning. */
const MAX_END = 0xff_ff;

/** Grams of a spelling to choose from. */
const TRIED = 8;

/** Hash of the characters before an offset. Letters of either case are one, and so are `+/` and `-_`. */
export function gramHash(text: string, end: number): number {
  let sum = 0;
  for (let at = end - GRAM; at < end; at++) sum = Math.imul(sum, BASE) + plainCode(text.charCodeAt(at));
  return hashOfSum(sum);
}

/**
 * The sum that a gram's hash is made of, from that of the gram before it: most time of a look at a text is this.
 *
 * @param end of the gram
 */
export function nextSum(sum: number, text: string, end: number): number {
  const gone = end > GRAM ? Math.imul(plainCode(text.charCodeAt(end - GRAM - 1)), OLDEST) : 0;
  return (Math.imul(sum, BASE) + plainCode(text.charCodeAt(end - 1)) - gone) | 0;
}

/** The hash of a gram by its sum. */
export function hashOfSum(sum: number): number {
  const hash = Math.imul(sum ^ (sum >>> 16), 0x7f_eb_35_2d);
  return (hash ^ (hash >>> 15)) >>> 0;
}

const BASE = 0x01_00_01_93;
/** `BASE` to the power of a gram's length: the weight of a character that the gram no longer has. */
const OLDEST = Array.from({ length: GRAM }, () => BASE).reduce(Math.imul, 1);

/** The text as all texts that are one for the hash. */
export function foldedText(text: string): string {
  // `toLowerCase` is quick, and knows letters that the hash tells apart.
  const folded = BEYOND_ASCII.test(text) ? text.replaceAll(/[A-Z]/g, lowerCase) : text.toLowerCase();
  return folded.replaceAll("-", "+").replaceAll("_", "/");
}

const BEYOND_ASCII = /[^\p{ASCII}]/u;
const lowerCase = (letter: string): string => letter.toLowerCase();

function plainCode(code: number): number {
  return code < PLAIN.length ? (PLAIN[code] as number) : code;
}

const PLAIN = Uint8Array.from({ length: 128 }, (_, code) =>
  foldedText(String.fromCharCode(code)).charCodeAt(0),
);

/** A location in a text where a spelling of a secret may begin. */
export interface GramHit {
  readonly secret: number;
  readonly start: number;
}

/**
 * Numbers of secrets by a gram of each of their spellings: one that few others have, as secrets of one kind begin alike or end
 * alike. Another text may have the same hash: whoever asks compares.
 */
export class GramIndex {
  #heads = new Int32Array(64).fill(-1);
  #hashes = new Uint32Array(64);
  #secrets = new Uint32Array(64);
  /** Offsets in the spelling at which its gram ends. */
  #ends = new Uint16Array(64);
  #next = new Int32Array(64);
  #size = 0;

  add(spelling: string, secret: number): void {
    if (this.#size === this.#hashes.length) this.#grow();
    const end = this.#rarestEnd(spelling);
    this.#hashes[this.#size] = gramHash(spelling, end);
    this.#secrets[this.#size] = secret;
    this.#ends[this.#size] = end;
    this.#chain(this.#size++);
  }

  *find(text: string): Generator<GramHit> {
    let sum = 0;
    for (let end = 1; end <= text.length; end++) {
      sum = nextSum(sum, text, end);
      if (end < GRAM) continue;
      const hash = hashOfSum(sum);
      for (let entry = this.#head(hash); entry !== -1; entry = this.#next[entry] as number)
        if (this.#hashes[entry] === hash)
          yield { secret: this.#secrets[entry] as number, start: end - (this.#ends[entry] as number) };
    }
  }

  #rarestEnd(spelling: string): number {
    const length = Math.min(spelling.length, MAX_END);
    let [rarest, fewest] = [length, Infinity];
    for (let i = 0; i < TRIED && fewest > 0; i++) {
      const end = GRAM + Math.floor(((length - GRAM) * (TRIED - i)) / TRIED);
      const alike = this.#chainLength(gramHash(spelling, end), fewest);
      if (alike < fewest) [rarest, fewest] = [end, alike];
    }
    return rarest;
  }

  #chainLength(hash: number, limit: number): number {
    let length = 0;
    for (let entry = this.#head(hash); entry !== -1 && length < limit; entry = this.#next[entry] as number)
      if (this.#hashes[entry] === hash) length++;
    return length;
  }

  #head(hash: number): number {
    return this.#heads[hash & (this.#heads.length - 1)] as number;
  }

  #chain(entry: number): void {
    const bucket = (this.#hashes[entry] as number) & (this.#heads.length - 1);
    this.#next[entry] = this.#heads[bucket] as number;
    this.#heads[bucket] = entry;
  }

  #grow(): void {
    // A step is small, as memory counts: a secret has several entries.
    const size = Math.ceil(this.#size * 1.25);
    const [hashes, secrets, ends] = [this.#hashes, this.#secrets, this.#ends];
    (this.#hashes = new Uint32Array(size)).set(hashes);
    (this.#secrets = new Uint32Array(size)).set(secrets);
    (this.#ends = new Uint16Array(size)).set(ends);
    this.#next = new Int32Array(size);
    this.#heads = new Int32Array(2 ** Math.floor(Math.log2(size))).fill(-1);
    for (let entry = 0; entry < this.#size; entry++) this.#chain(entry);
  }
}
