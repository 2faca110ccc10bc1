/** Tokens of providers are looked for within long runs of letters alone; that leaves none of them out. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { PROVIDER_TOKENS } from "../../src/secrets/provider-tokens.ts";
import { PATTERN_RULES, rangesOf } from "../../src/secrets/rules.ts";
import { allMatches, hasRun, lettersOf, runsOf } from "../../src/util/index.ts";
import { scaled } from "../support/scaled.ts";

const rule = PATTERN_RULES.find(({ runs }) => runs !== undefined);

/** Texts that a provider's pattern may match: what it looks for before them is in front, and all is as short as it may be or longer. */
function textsOf(pattern: string): fc.Arbitrary<string> {
  const plain = pattern.replaceAll("(?<=", "(?:").replaceAll(/\(\?[!=](?:\([^()]*\)|[^()])*\)/g, "");
  const least = plain.replaceAll(/\{(\d+),\d+\}/g, "{$1}").replaceAll(/\(\?:[^()]*\)\?|=\{0,2\}/g, "");
  return fc.oneof(
    fc.stringMatching(new RegExp(`^${least}$`)),
    fc.stringMatching(new RegExp(`^${plain.replaceAll(/\{(\d+),\d+\}/g, "{$1,}")}$`)),
  );
}

const token = fc.oneof(...PROVIDER_TOKENS.map(([, pattern]) => textsOf(pattern)));
const between = fc.constantFrom(
  "",
  " ",
  '"',
  "\n",
  ".",
  "...",
  "…",
  "***",
  "*",
  "_",
  "é",
  "\u{1f511}",
  ":",
  "a",
  "0",
  "{",
  "@",
  "=",
  "/",
  "-",
  "token",
  "€…",
);
const text = fc
  .array(
    fc.tuple(
      between,
      fc.oneof({ weight: 3, arbitrary: token }, { weight: 1, arbitrary: fc.string() }),
      between,
    ),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.flat().join(""));

it("the shortest of each provider's", () => {
  for (const [provider, pattern] of PROVIDER_TOKENS) {
    const samples = fc.sample(textsOf(pattern), { numRuns: scaled(100), seed: 1 });
    for (const sample of samples) {
      const found = allMatches(rule?.pattern ?? /(?!)/g, sample);
      expect({ provider, found: rule && rangesOf(rule, sample) }).toEqual({ provider, found });
    }
    expect(samples.some((sample) => allMatches(rule?.pattern ?? /(?!)/g, sample).length > 0)).toBe(true);
  }
});

it("those in any text", () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(rule && rangesOf(rule, given)).toEqual(allMatches(rule?.pattern ?? /(?!)/g, given));
    }),
    { numRuns: scaled(20_000) },
  );
});

it("runs are those that a pattern finds", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", "-", " ", "é") }),
      fc.integer({ min: 1, max: 5 }),
      (given, least) => {
        const isLetter = lettersOf(/[a-b-]/);
        const expected = allMatches(new RegExp(`[ab-]{${least},}`, "g"), given);
        expect([...runsOf(given, least, isLetter)]).toEqual(expected);
        expect(hasRun(given, least, isLetter)).toBe(expected.length > 0);
      },
    ),
    { numRuns: scaled(3000) },
  );
});
