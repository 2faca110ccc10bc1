import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJsonSource } from "../../../src/util/index.ts";

/** Parses as `parseJsonSource` is to: a look at each value. */
function plainly(text: string): unknown {
  const json = JSON as unknown as {
    parse(text: string, reviver: (key: string, value: unknown, of: { source?: string }) => unknown): unknown;
    rawJSON(text: string): object;
  };
  return json.parse(text, (_, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? json.rawJSON(source)
      : value,
  );
}

/** What parsing a text gives: its value as it is printed, or the error. */
function outcome(parse: (text: string) => unknown, text: string): string {
  try {
    return JSON.stringify(parse(text));
  } catch (error) {
    return String(error);
  }
}

const SPELLINGS = [
  ..."0 -0 0.0 -0.0 1 1.0 10 100 1e0 1E5 1e+5 9e-06 9e-6 1e-7 0.000001 0.0000001 0.00000010 0.1 0.10 1.50 1e21 1e400".split(
    " ",
  ),
  ..."123456789012345 1234567890123456 12345678901234567890 0.123456789012345 0.1234567890123456789".split(
    " ",
  ),
  ..."1000000000000000000000 -1.25 -9e-06 3.0e0 0e0 2.7e-7 0.00000027 5e-324".split(" "),
];
const number = fc.oneof(
  fc.constantFrom(...SPELLINGS),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.tuple(fc.stringMatching(/^-?[1-9]\d{0,18}(?:\.\d{1,18})?(?:[eE][-+]?\d{1,2})?$/)).map(([text]) => text),
);
const blank = fc.constantFrom("", "", " ", "\n  ", "\t", "\r\n");
const string = fc.oneof(
  fc.string().map((text) => JSON.stringify(text)),
  fc
    .array(fc.oneof(number, fc.constantFrom(": ", ", ", "[", '\\"', "\\\\", " ")))
    .map((parts) => `"${parts.join("")}"`),
);
const name = fc.oneof(string, fc.constantFrom('"a"', '"a"', '"__proto__"', '"1.0"'));
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    number,
    string,
    fc.constantFrom("true", "false", "null", "[]", "{}"),
    fc
      .tuple(blank, fc.array(fc.tuple(blank, tie("json"), blank), { maxLength: 5 }))
      .map(([inside, items]) => `[${inside}${items.map((parts) => parts.join("")).join(",")}]`),
    fc
      .array(fc.tuple(blank, name, blank, tie("json"), blank), { maxLength: 5 })
      .map((all) => `{${all.map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`).join(",")}}`),
  ),
}));

describe("parseJsonSource", () => {
  it("keeps spellings as a look at each value does", () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(outcome(parseJsonSource, text)).toBe(outcome(plainly, text));
        expect(parseJsonSource(text)).toEqual(plainly(text));
      }),
      { numRuns: 600 },
    );
  });

  it("refuses what is no JSON with the same words", () => {
    const broken = fc
      .tuple(json, fc.nat(), fc.constantFrom("", "1.0", ",", "{", '"', "-", "e", ".0", "0", ": 1.0"))
      .map(([text, at, put]) => {
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + put + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        expect(outcome(parseJsonSource, text)).toBe(outcome(plainly, text));
      }),
      { numRuns: 600 },
    );
    for (const text of ["{ 1.0: 2 }", "[01.0]", "[1.0-5]", "[1.e5]", '{"a":1.0,"a":2}', "[-0.]", "[1.0"])
      expect(outcome(parseJsonSource, text)).toBe(outcome(plainly, text));
  });

  it("takes a string with many numbers in it in time that grows with its length alone", () => {
    const text = JSON.stringify({ sse: "[0.10, ".repeat(200_000), n: [1] });
    expect(parseJsonSource(text)).toEqual(JSON.parse(text));
  });
});
