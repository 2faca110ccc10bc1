/** Size of the first table of offsets, in entries; a power of two. */
const FIRST_SIZE = 64;

/**
 * Entries in one buffer, by ids that count from 1. A new entry takes the room of the oldest ones. No entry is an object, so that
 * a full ring costs the garbage collector nothing.
 */
export class EntryRing<Reference> {
  readonly view: DataView;
  readonly bytes: Buffer;
  readonly #dropped: (offset: number) => void;
  /** Offset of each entry, at its id modulo the size of the table. */
  #offsets: number[] = Array.from({ length: FIRST_SIZE }, () => 0);
  /** The reference of each entry, at the same index. */
  #references: (Reference | undefined)[] = Array.from({ length: FIRST_SIZE }, () => undefined);
  #first = 1;
  #last = 0;
  /** End of the newest entry. */
  #head = 0;

  /**
   * @param size of the buffer, in bytes
   * @param dropped called with the offset of each entry that makes room for another, while its bytes are still there
   * @throws RangeError if there is no memory for the buffer
   */
  constructor(size: number, dropped: (offset: number) => void) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
    this.#dropped = dropped;
  }

  /** Id of the oldest entry; larger than `last` if there is none. */
  get first(): number {
    return this.#first;
  }

  /** Id of the newest entry, there or not; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /**
   * Makes room for the next entry. An entry larger than the ring is not kept, nor any before it.
   *
   * @returns its offset; `undefined` if it is not kept
   */
  add(size: number, reference: Reference | undefined): number | undefined {
    const offset = this.#room(size);
    const id = ++this.#last;
    if (offset === undefined) {
      this.#first = id + 1;
      return undefined;
    }
    if (id - this.#first >= this.#offsets.length) this.#growTable();
    const at = id & (this.#offsets.length - 1);
    this.#offsets[at] = offset;
    this.#references[at] = reference;
    this.#head = offset + size;
    return offset;
  }

  /** Gives back the room that the newest entry did not need. @param size of that entry */
  trim(size: number): void {
    this.#head = this.offsetOf(this.#last) + size;
  }

  /** Offset of an entry that is there. */
  offsetOf(id: number): number {
    return this.#offsets[id & (this.#offsets.length - 1)] as number;
  }

  /** Reference of an entry that is there. */
  referenceOf(id: number): Reference | undefined {
    return this.#references[id & (this.#references.length - 1)];
  }

  /** Drops all entries, without a call of `dropped`. @param next id of the next entry */
  clear(next: number = this.#last + 1): void {
    this.#first = next;
    this.#last = next - 1;
    this.#head = 0;
    this.#references.fill(undefined);
  }

  /** Drops the oldest entries until `size` bytes are free in one piece. @returns their offset */
  #room(size: number): number | undefined {
    const capacity = this.bytes.length;
    while (this.#first <= this.#last) {
      const tail = this.offsetOf(this.#first);
      if (this.#head <= tail) {
        if (size <= tail - this.#head) return this.#head;
      } else {
        if (size <= capacity - this.#head) return this.#head;
        if (size <= tail) return 0;
      }
      this.#dropOldest(tail);
    }
    return size <= capacity ? 0 : undefined;
  }

  #dropOldest(offset: number): void {
    this.#dropped(offset);
    this.#references[this.#first & (this.#references.length - 1)] = undefined;
    this.#first++;
  }

  #growTable(): void {
    const size = 2 * this.#offsets.length;
    const offsets = Array.from({ length: size }, () => 0);
    const references: (Reference | undefined)[] = Array.from({ length: size }, () => undefined);
    for (let id = this.#first; id < this.#last; id++) {
      offsets[id & (size - 1)] = this.offsetOf(id);
      references[id & (size - 1)] = this.referenceOf(id);
    }
    this.#offsets = offsets;
    this.#references = references;
  }
}
