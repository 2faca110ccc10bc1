/** Runs of token letters, and the rolling hash of grams, against their plain definitions. */
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { GRAM, gramHash, hashOfSum, nextSum } from "../../src/secrets/scan/grams.ts";
import { tokenRuns } from "../../src/secrets/scan/runs.ts";
import { Random } from "../support/random.ts";

const random = new Random(20_261_128);
const LETTERS = "azAZ09+/_- .=é\u0101\n";

function text(length: number, share: number): string {
  return Array.from({ length }, () =>
    LETTERS.charAt(Math.floor(random.next() * (random.next() < share ? 10 : LETTERS.length))),
  ).join("");
}

it("are those that a pattern finds", () => {
  let found = 0;
  const different: string[] = [];
  for (let i = 0; i < 2000; i++) {
    const least = 1 + Math.floor(random.next() * 25);
    const source = text(Math.floor(random.next() * 200), random.next());
    const pattern = new RegExp(`[A-Za-z0-9+/_-]{${least},}`, "g");
    const expected = [...source.matchAll(pattern)].map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
    }));
    found += expected.length;
    if (!isDeepStrictEqual([...tokenRuns(source, least)], expected)) different.push(`${least}: ${source}`);
  }
  expect(different).toEqual([]);
  expect(found).toBeGreaterThan(1000);
});

it("have hashes that are the same one after the other and each by itself, whatever the case", () => {
  const different: string[] = [];
  for (let i = 0; i < 200; i++) {
    const source = text(60, 0.7);
    let sum = 0;
    for (let end = 1; end < GRAM; end++) sum = nextSum(sum, source, end);
    for (let end = GRAM; end <= source.length; end++) {
      sum = nextSum(sum, source, end);
      if (hashOfSum(sum) !== gramHash(source, end)) different.push(source.slice(0, end));
    }
  }
  expect(different).toEqual([]);
  expect(gramHash("ABC-_Z", GRAM)).toBe(gramHash("abc+/z", GRAM));
  expect(gramHash("abcdef", GRAM)).not.toBe(gramHash("abcdeg", GRAM));
});
