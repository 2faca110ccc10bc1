import { createHash } from "node:crypto";

/** A digest of JSON values in which the order of keys does not count: 64 hex digits, the same on every machine. */
export function digestOf(...values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values, sortedKeys)).digest("hex");
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Numbers that only look random: the same seed gives the same ones everywhere (sfc32, integer arithmetic only). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed hex digits, 24 of them count */
  constructor(seed: string) {
    const word = (from: number): number => Number.parseInt(seed.slice(from, from + 8), 16) | 0;
    this.#a = word(0);
    this.#b = word(8);
    this.#c = word(16);
    for (let i = 0; i < 12; i++) this.#word();
  }

  /** At least 0, below 1. */
  float(): number {
    return this.#word() / 2 ** 32;
  }

  /** A whole number from 0 to `below - 1`. */
  int(below: number): number {
    return Math.floor(this.float() * below);
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}
