/** A map that holds no more than so many entries: the least recently used is forgotten first. */
export class RecentMap<K, V> {
  readonly #max: number;
  readonly #dropped: (value: V) => void;
  readonly #entries = new Map<K, V>();

  /** @param dropped called with each entry that makes room for another */
  constructor(max = 10_000, dropped: (value: V) => void = () => {}) {
    this.#max = max;
    this.#dropped = dropped;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  getOrMake(key: K, make: () => V): V {
    const value = this.#entries.get(key) ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value); // the most recently used last
    if (this.#entries.size > this.#max) this.#dropOldest();
    return value;
  }

  values(): IterableIterator<V> {
    return this.#entries.values();
  }

  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (oldest === undefined) return;
    this.#entries.delete(oldest[0]);
    this.#dropped(oldest[1]);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
