import { lazyPackage } from "../module/index.ts";

/** GPT-2's tokens. One with a lower rank is merged first. */
export interface Vocabulary {
  /** Ranks by the bytes of a token, which are written as Latin-1. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Ranks of the tokens of two bytes, at 256 times the first and the second; -1 if these are no token. */
  readonly pairs: Int32Array;
}

interface Ranks {
  /** Each token at the index of its rank: its text or, if its bytes are no text, these. */
  readonly default: readonly (string | readonly number[])[];
}

const ranks: () => Ranks = lazyPackage("gpt-tokenizer/bpeRanks/r50k_base");

let loaded: Vocabulary | undefined;

/** The vocabulary of GPT-2, of several MB; loaded when first needed. */
export function vocabulary(): Vocabulary {
  return (loaded ??= load());
}

function load(): Vocabulary {
  const byBytes = new Map<string, number>();
  const pairs = new Int32Array(256 * 256).fill(-1);
  for (const [rank, token] of ranks().default.entries()) {
    const bytes = latin1Of(token);
    byBytes.set(bytes, rank);
    if (bytes.length === 2) pairs[bytes.charCodeAt(0) * 256 + bytes.charCodeAt(1)] = rank;
  }
  return { ranks: byBytes, pairs };
}

function latin1Of(token: string | readonly number[]): string {
  if (typeof token !== "string") return String.fromCharCode(...token);
  return isAscii(token) ? token : Buffer.from(token).toString("latin1");
}

/** True for a text that is the same in ASCII, Latin-1 and UTF-8. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
