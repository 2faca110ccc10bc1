/** Kinds of harmless texts: each resembles a secret in one way, and holds none. */
import type { Random } from "../../support/random.ts";

/** A kind whose text stands in a prompt or an answer. */
export interface HarmlessKind {
  readonly id: string;
  /** Writes one text; another one each time. */
  readonly write?: (random: Random) => string;
  /** Makes JSON that stands in a body as members; its strings are what has to stay. */
  readonly members?: (random: Random) => Readonly<Record<string, unknown>>;
}

export const text = (id: string, write: (random: Random) => string): HarmlessKind => ({ id, write });
export const members = (
  id: string,
  make: (random: Random) => Readonly<Record<string, unknown>>,
): HarmlessKind => ({ id, members: make });

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
/** Alphabets by name. */
export const LETTERS: Readonly<
  Record<"lower" | "upper" | "digits" | "hex" | "base36" | "base62" | "url" | "base64" | "crockford", string>
> = {
  lower: LOWER,
  upper: UPPER,
  digits: DIGITS,
  hex: "0123456789abcdef",
  base36: LOWER + DIGITS,
  base62: LOWER + UPPER + DIGITS,
  url: `${LOWER}${UPPER}${DIGITS}-_`,
  base64: `${LOWER}${UPPER}${DIGITS}+/`,
  crockford: "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
};

export const hex = (random: Random, length: number): string => random.text(length, LETTERS.hex);
export const base64 = (random: Random, bytes: number): string => random.bytes(bytes).toString("base64");
export const uuid = (random: Random): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${random.pick(["8", "9", "a", "b"])}${hex(random, 3)}-${hex(random, 12)}`;
export const number = (random: Random, from: number, to: number): number =>
  from + random.below(to - from + 1);
/** A list of so many texts. */
export const many = (count: number, make: () => string, separator = "\n"): string =>
  Array.from({ length: count }, make).join(separator);
export const word = (random: Random): string =>
  random.pick([
    "report",
    "invoice",
    "garden",
    "pipeline",
    "weather",
    "museum",
    "railway",
    "budget",
    "harbour",
    "lesson",
  ]);
