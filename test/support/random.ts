import { mulberry32 } from "../../src/util/random.ts";

/** Numbers that look random and are the same in every run. */
export class Random {
  /** From 0 up to, but not, 1. */
  readonly next: () => number;

  /** @param seed a whole number */
  constructor(seed: number) {
    this.next = mulberry32(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  text(length: number, letters: string): string {
    return Array.from({ length }, () => letters.charAt(this.below(letters.length))).join("");
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
