/** Ranking of chunks without a gateway around it. */
import { describe, expect, it } from "vitest";
import { passesFilter } from "../../../src/ogl/state/entities/ranking/filters.ts";
import { countBits, editDistance, letterBits } from "../../../src/ogl/state/entities/ranking/fuzzy.ts";
import { fuseRanks } from "../../../src/ogl/state/entities/ranking/fusion.ts";
import { lexicalIndex } from "../../../src/ogl/state/entities/ranking/lexical.ts";
import { float32 } from "../../../src/ogl/state/entities/ranking/scored.ts";
import { rankByVector, unitVector } from "../../../src/ogl/state/entities/ranking/semantic.ts";
import { termsOf } from "../../../src/ogl/state/entities/ranking/terms.ts";
import { Random } from "../../support/random.ts";

describe("an index of words", () => {
  const texts = ["red house", "red red barn", "red boat with a long mast and many sails", "blue house"];
  const index = lexicalIndex();
  index.sync(texts.map((content, id) => ({ id, content })));
  const ids = (query: string): number[] => index.search(query, () => true, 10).map(({ id }) => id);

  it("ranks a rare word above a frequent one, and a word in a short text above one in a long text", () => {
    expect(ids("red barn")[0]).toBe(1);
    expect(ids("red house")[0]).toBe(0);
    expect(ids("red").indexOf(0)).toBeLessThan(ids("red").indexOf(2));
  });

  it("has what comes, and forgets what goes", () => {
    const other = lexicalIndex();
    const found = (query: string): number[] => other.search(query, () => true, 10).map(({ id }) => id);
    other.sync([{ id: 1, content: "apples" }]);
    other.sync([
      { id: 1, content: "apples" },
      { id: 2, content: "pears" },
    ]);
    expect([found("apples"), found("pears")]).toEqual([[1], [2]]);
    for (let id = 3; id < 50; id++) other.sync([{ id, content: "plums" }]);
    expect([found("apples"), found("pears"), found("plums")]).toEqual([[], [], [49]]);
    other.sync([]);
    expect(found("plums")).toEqual([]);
  });

  it("looks at no text that is not wanted", () => {
    expect(index.search("red", (id) => id !== 1, 10).map(({ id }) => id)).not.toContain(1);
    expect(index.search("red", () => true, 2)).toHaveLength(2);
  });
});

describe("terms", () => {
  it.each([
    ["L'école, c'est l'été", ["ecol"]],
    ["The cities of France", ["cit", "franc"]],
    ["mairie maire maires", ["mair", "mair", "mair"]],
    ["東京タワー", ["東", "京", "タ", "ワ", "ー"]],
    ["a1 2026 !?", ["a1", "2026"]],
  ])("of %j", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it("are cut at 255 characters, as the engine's tokens are", () => {
    expect(termsOf("q".repeat(600)).map(({ length }) => length)).toEqual([255, 255, 90]);
  });
});

describe("the distance of two terms", () => {
  it.each([
    ["maire", "mairie", 1],
    ["maire", "maier", 1],
    ["port", "pont", 1],
    ["train", "trips", 3],
    ["", "ab", 2],
  ])("%s and %s is %i", (a, b, edits) => {
    expect(editDistance(a, b, 3)).toBe(edits);
    expect(editDistance(b, a, 3)).toBe(edits);
    expect(editDistance(a, b, edits - 1)).toBe(edits);
  });

  it("is never above half of the letters that differ, by which terms are left out at once", () => {
    const random = new Random(3);
    for (let i = 0; i < 5000; i++) {
      const [a, b] = [
        random.text(3 + random.below(5), "abcdefg"),
        random.text(3 + random.below(5), "abcdefg"),
      ];
      const distance = editDistance(a, b, 8);
      expect(countBits(letterBits(a) ^ letterBits(b))).toBeLessThanOrEqual(2 * distance);
    }
  });
});

describe("vectors", () => {
  it("of the same direction score 1, of the opposite one 0, and others in between", () => {
    const question = unitVector([1, 1]);
    const ranked = rankByVector(
      question,
      [
        [5, -5],
        [-2, -2],
        [7, 7],
        [1, 0],
      ].map((vector, id) => [id, unitVector(vector)] as const),
      9,
    );
    expect(ranked).toEqual([
      { id: 2, score: 1 },
      { id: 3, score: 0.8535534 },
      { id: 0, score: 0.5 },
      { id: 1, score: 0 },
    ]);
  });

  it("of another size are not compared, and one of zeros is near to nothing", () => {
    expect(rankByVector(unitVector([1, 0]), [[1, unitVector([1, 0, 0])]], 9)).toEqual([]);
    expect(rankByVector(unitVector([1, 0]), [[1, unitVector([0, 0])]], 9)).toEqual([{ id: 1, score: 0.5 }]);
  });
});

it("a score is printed as a 32-bit float", () => {
  expect([0.1, 1 / 3, 6.732043, 1, 0, 1e-9].map(float32)).toEqual([0.1, 0.33333334, 6.732043, 1, 0, 1e-9]);
  const random = new Random(5);
  for (let i = 0; i < 1000; i++) {
    const value = random.next() * 20;
    expect(Math.fround(float32(value))).toBe(Math.fround(value));
  }
});

it("ranks of several lists add up, the earlier list first where the sums are equal (search-03)", () => {
  const list = (...ids: number[]): { id: number; score: number }[] => ids.map((id) => ({ id, score: 1 }));
  expect(fuseRanks([list(4, 1), list(5, 4)], 60, 3)).toEqual([
    { id: 4, score: 1 / 61 + 1 / 62 },
    { id: 5, score: 1 / 61 },
    { id: 1, score: 1 / 62 },
  ]);
  expect(fuseRanks([list(4), list(5)], 60, 1).map(({ id }) => id)).toEqual([4]);
});

it("metadata without the key passes no filter", () => {
  for (const type of ["eq", "sw", "ew", "co"])
    for (const metadata of [null, {}, { other: "a" }])
      expect(passesFilter(metadata, { key: "a", type, value: "a" })).toBe(false);
  expect(passesFilter({ a: true }, { key: "a", type: "eq", value: "true" })).toBe(false);
});
