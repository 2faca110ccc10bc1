/** Numbers of a span: offset and size of what is read, offset and length of what spells it. */
const COLUMNS = 4;

/**
 * The ranges of a text that spell other characters, in order. A text of megabytes may have hundreds of thousands: they are kept as
 * numbers side by side, which take a fifth of the memory of objects.
 */
export class Spans {
  #numbers = new Uint32Array(8 * COLUMNS);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param at offset of what is read; @param from offset of what spells it */
  add(at: number, size: number, from: number, length: number): void {
    const start = this.#count++ * COLUMNS;
    if (start === this.#numbers.length) {
      const larger = new Uint32Array(2 * this.#numbers.length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers.set([at, size, from, length], start);
  }

  /** Maps an offset of what is read to the original; one within a span to an end of the whole span. */
  original(index: number, side: "start" | "end"): number {
    const wanted = side === "start" ? index : index - 1;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#number(middle, 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return index;
    const [at, size] = [this.#number(low - 1, 0), this.#number(low - 1, 1)];
    const [from, length] = [this.#number(low - 1, 2), this.#number(low - 1, 3)];
    if (wanted < at + size) return side === "start" ? from : from + length;
    return index - (at + size) + from + length;
  }

  #number(span: number, column: number): number {
    return this.#numbers[span * COLUMNS + column] ?? 0;
  }
}

/** Parts that are joined at a time. */
const AT_A_TIME = 4096;

/** A text that is put together from many parts. Adding to a string makes an object of each part, which all live until it is read. */
export class JoinedParts {
  #parts: string[] = [];
  readonly #joined: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(part: string): void {
    this.#length += part.length;
    if (this.#parts.push(part) < AT_A_TIME) return;
    this.#joined.push(this.#parts.join(""));
    this.#parts = [];
  }

  toString(): string {
    return [...this.#joined, ...this.#parts].join("");
  }
}
