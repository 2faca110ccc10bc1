/** Values that are secrets, made at random: kinds that need a name to be told, and forms of providers that do not. */
import type { Random } from "../../../support/random.ts";
import { PROVIDERS } from "./providers.ts";
import { DIGITS, HEX, LOWER, MIXED, UPPER } from "./letters.ts";

export interface Kind {
  readonly id: string;
  /** Whether the value alone tells that it is a secret. */
  readonly tells: boolean;
  /** Whether it looks random, as no word or number does. */
  readonly random: boolean;
  make(random: Random): string;
}

const WORDS = [
  "Renard",
  "Soleil",
  "Dragon",
  "Winter",
  "Fromage",
  "Hirsch",
  "Montagne",
  "Tiger",
  "Lisboa",
  "Bretagne",
];
const SIGNS = ["!", "?", "#", "$", "*", "+", "@", "%", "&", "="];

const named = (id: string, make: Kind["make"], random = true): Kind => ({ id, tells: false, random, make });

/** Any length from the first to the last. */
const between = (random: Random, first: number, last: number): number =>
  first + random.below(last - first + 1);

/** Random letters that hold at least one of each alphabet. */
function mixed(random: Random, length: number, ...alphabets: readonly string[]): string {
  for (;;) {
    const text = random.text(length, alphabets.join(""));
    if (alphabets.every((letters) => [...text].some((letter) => letters.includes(letter)))) return text;
  }
}

function human(random: Random): string {
  const word = random.pick(WORDS);
  const number = String(between(random, 100, 9999));
  const sign = random.pick(SIGNS);
  return random.pick([
    `${word}${number}${sign}`,
    `${word}${sign}${random.pick(WORDS)}${number}`,
    `${word.toLowerCase()}-${random.pick(WORDS).toLowerCase()}-${number}`,
    `${random.pick(WORDS).slice(0, 3)}4${random.text(3, LOWER)}${sign}${number}`,
  ]);
}

export const KINDS: readonly Kind[] = [
  named("hex 32", (r) => mixed(r, 32, DIGITS, "abcdef")),
  named("hex 40", (r) => mixed(r, 40, DIGITS, "abcdef")),
  named("hex 64", (r) => r.text(64, HEX)),
  named("lower and digits", (r) => mixed(r, between(r, 20, 40), LOWER, DIGITS)),
  named("upper and digits", (r) => mixed(r, between(r, 20, 32), UPPER, DIGITS)),
  named("uuid", (r) => [8, 4, 4, 4, 12].map((length) => r.text(length, HEX)).join("-")),
  named("digits", (r) => r.pick([...DIGITS].slice(2)) + r.text(between(r, 8, 13), DIGITS), false),
  named("human", human, false),
  named("mixed", (r) => mixed(r, between(r, 20, 64), LOWER, UPPER, DIGITS)),
  named("base64", (r) => `${mixed(r, between(r, 8, 15) * 4 - 1, LOWER, UPPER, DIGITS, "+/")}=`),
  ...Object.entries(PROVIDERS).map(([id, make]) => ({
    id: `provider: ${id}`,
    tells: true,
    random: true,
    make: (r: Random) => make((length, letters = MIXED) => r.text(length, letters), r),
  })),
];
