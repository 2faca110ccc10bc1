/** Sound JSON is that in which a walk over its tokens finds no defect. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_DEPTH, isSoundJson, walkJson } from "../../../src/util/index.ts";
import { scaled } from "../../support/scaled.ts";

function isWalked(text: string): boolean {
  try {
    JSON.parse(text);
    walkJson(
      text,
      MAX_DEPTH,
      ({ kind }) => {
        throw new Error(kind);
      },
      {},
    );
    return true;
  } catch {
    return false;
  }
}

function textWith(...keys: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(
        "1",
        "-0.0",
        "null",
        '"x"',
        '"\\\\"',
        '"\\\"{:"',
        '"{:["',
        "",
        ",",
        "{",
        "1:2",
        "//c\n1",
      ),
      fc.array(tie("text"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      fc
        .array(fc.tuple(fc.constantFrom(...keys), tie("text")), { maxLength: 3 })
        .map((members) => `{${members.map(([name, value]) => `${name} : ${value}`).join(",\n")}}`),
    ),
  })).text;
}

it("is told from text that is no JSON, and from text with a key twice", () => {
  fc.assert(
    fc.property(textWith('"a"', '"b"', '"a:b"', '"{"', '"__proto__"'), (given) => {
      expect(isSoundJson(given)).toBe(isWalked(given));
    }),
    { numRuns: scaled(20_000) },
  );
});

it("has no key twice, also where one is spelled with an escape", () => {
  fc.assert(
    fc.property(textWith('"a"', '"\\u0061"', '"\\\\"', '"\\":"'), (given) => {
      expect(isSoundJson(given) && !isWalked(given)).toBe(false);
    }),
    { numRuns: scaled(20_000) },
  );
});

it.each([
  [MAX_DEPTH, true],
  [MAX_DEPTH + 1, false],
  [1_000_000, false],
])("nests %i levels: %s", (levels, sound) => {
  expect(isSoundJson(`${"[".repeat(levels)}${"]".repeat(levels)}`)).toBe(sound);
});
