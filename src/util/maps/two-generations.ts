/**
 * A map that holds no more than so many entries, in two generations: when the younger one is full, the elder is forgotten. What is
 * used stays about as long as in a `RecentMap`, and looking it up does not write.
 */
export class TwoGenerations<K, V> {
  readonly #max: number;
  #young = new Map<K, V>();
  #old: ReadonlyMap<K, V> = new Map();

  /** @param max entries of one generation */
  constructor(max: number) {
    this.#max = max;
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const elder = this.#old.get(key);
    if (elder !== undefined) this.set(key, elder);
    return elder;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
