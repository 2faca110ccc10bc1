import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TimedWrite, decodeBody, encodeBody } from "../../src/cassette/format/codec.ts";
import type { BodyElement } from "../../src/cassette/format/types.ts";
import { growth } from "../support/growth.ts";
import { scaled } from "../support/scaled.ts";

const KINDS = ["sse", "json", "other"] as const;

/** JSON texts, with all that printing again could lose. */
const numberText = fc.oneof(
  fc.constantFrom(
    "9e-06",
    "0.0",
    "1E5",
    "-0",
    "1e400",
    "-1e400",
    "12345678901234567890",
    "1.10",
    "1e5",
    "100000000000000000000000",
    "0.1",
    "5e-324",
    "1.7976931348623157e308",
    "1E+2",
    "-0.0",
    "9007199254740993",
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
);
const stringText = fc.oneof(
  fc.constantFrom(
    '"\\ud800"',
    '"\\uDC00"',
    '"\\u00e9"',
    '"é"',
    '"\\/"',
    '"/"',
    '"\\u0041"',
    '"\u2028\u2029"',
    '"\\u2028"',
    '"\\u007f"',
    '"\u007f"',
    '"\\b\\f\\n\\r\\t"',
    '"\\u0008"',
    '"\\u001F"',
    '"\\u001f"',
    '"\u{1F600}"',
    '"\\ud83d\\ude00"',
    '"data: x\\n\\n"',
    '"data: x"',
    '"\uFEFF"',
  ),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const keyText = fc.oneof(
  fc.constantFrom(
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"1"',
    '"10"',
    '"2"',
    '"-1"',
    '"a"',
    '"b"',
    '"a"',
    '""',
    '"\\u0061"',
    '"rawJSON"',
  ),
  stringText,
);
const { value: valueText } = fc.letrec<{ value: string; array: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(numberText, stringText, fc.constantFrom("null", "true", "false", "[]", "{}")),
    tie("array"),
    tie("object"),
  ),
  array: fc
    .tuple(fc.array(tie("value"), { maxLength: 4 }), fc.constantFrom(",", ", ", " , "))
    .map(([items, comma]) => `[${items.join(comma)}]`),
  object: fc
    .tuple(
      fc.array(fc.tuple(keyText, tie("value")), { maxLength: 4 }),
      fc.constantFrom([":", ","], [": ", ", "], [":", ", "], [" : ", ",\n"]),
    )
    .map(
      ([members, [colon, comma]]) =>
        `{${members.map(([key, value]) => `${key}${colon}${value}`).join(comma)}}`,
    ),
}));
/** What Python's json.dumps and JavaScript's JSON.stringify print: what should be spelled as JSON. */
const compact = fc.jsonValue({ depthSize: "small" }).map((value) => JSON.stringify(value));
const objectText = fc.oneof(
  valueText,
  compact,
  fc
    .dictionary(fc.string({ maxLength: 3 }), fc.jsonValue(), { maxKeys: 3 })
    .map((value) => JSON.stringify(value)),
);

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\r\n", "\r");
const sseText = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: objectText.map((text) => `data: ${text}\n\n`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "data: [DONE]\n\n",
          "data: \n\n",
          "data:\n\n",
          "data: {\n\n",
          "data: x\r\n\r\n",
          ": comment\n\n",
          "event: a\ndata: 1\n\n",
          "x data: y\n\n",
          "data: a\ndata: b\n\n",
          "\n",
          '{"detail":"x"}',
          "\uFEFFdata: 1\n\n",
          "data: {}\n",
          "data: {}",
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom("data: ", "data:", "data", "id: ", ":"),
            fc.string({ unit: "binary", maxLength: 5 }),
            lineEnd,
          )
          .map((parts) => parts.join("")),
      },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const bytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: sseText.map((text) => Buffer.from(text)) },
  { weight: 4, arbitrary: objectText.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((some) => Buffer.from(some)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(sseText, fc.uint8Array({ maxLength: 4 }), sseText)
      .map(([a, b, c]) => Buffer.concat([Buffer.from(a), b, Buffer.from(c)])),
  },
);

/** A stream cut into writes anywhere, also within a character. */
const writes: fc.Arbitrary<TimedWrite[]> = fc
  .tuple(
    bytes,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3000 }), fc.boolean()), { minLength: 1, maxLength: 8 }),
  )
  .map(([whole, cuts]) => {
    const locations = cuts.map(([at]) => at % (whole.length + 1)).toSorted((a, b) => a - b);
    return cuts.map(([, wait, flush], i) => ({
      wait,
      bytes: whole.subarray(
        i === 0 ? 0 : locations[i - 1],
        i === cuts.length - 1 ? whole.length : locations[i],
      ),
      ...(flush ? { flush } : {}),
    }));
  });

const shown = (list: readonly TimedWrite[]): unknown =>
  list.map((write) => ({ ...write, bytes: Buffer.from(write.bytes).toString("latin1") }));
const one = (text: string | Uint8Array, kind: (typeof KINDS)[number]): BodyElement[] =>
  decodeBody([{ wait: 0, bytes: Buffer.from(text as string) }], kind);
/** The elements as they come back from a file. */
const reread = (elements: readonly BodyElement[]): BodyElement[] => {
  const source = JSON as unknown as {
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
    ): BodyElement[];
    rawJSON(text: string): object;
  };
  return source.parse(JSON.stringify(elements), (_, value, { source: text }) =>
    typeof value === "number" && text !== undefined && String(value) !== text ? source.rawJSON(text) : value,
  );
};

describe.each(KINDS)("a body read as %s", (kind) => {
  it("gives the same writes again: bytes, boundaries, waits and flushes", () => {
    fc.assert(
      fc.property(writes, (list) => {
        const elements = decodeBody(list, kind);
        expect(shown(encodeBody(elements))).toEqual(shown(list));
        expect(shown(encodeBody(reread(elements)))).toEqual(shown(list));
      }),
      { numRuns: scaled(1500) },
    );
  });

  it("gives the same writes again where a character is cut", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("é", "€", "\u{1F600}", "a", "\n", "data: "), maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (text, at) => {
          const whole = Buffer.from(text);
          const locations = at.map((location) => location % (whole.length + 1)).toSorted((a, b) => a - b);
          const list = [0, ...locations].map((from, i) => ({
            wait: i,
            bytes: whole.subarray(from, locations[i] ?? whole.length),
          }));
          expect(shown(encodeBody(decodeBody(list, kind)))).toEqual(shown(list));
        },
      ),
      { numRuns: scaled(500) },
    );
  });

  it.each<[string, string | Uint8Array]>([
    ["5000 levels of arrays", "[".repeat(5000) + "]".repeat(5000)],
    ["5000 levels of objects", '{"a":'.repeat(5000) + "1" + "}".repeat(5000)],
    ["5000 levels in an event", `data: ${'{"a":'.repeat(5000)}1${"}".repeat(5000)}\n\n`],
    ["200,000 levels", "[".repeat(200_000)],
    ["200,000 levels in an event", `data: {"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}\n\n`],
    ["a BOM", "\uFEFF{}"],
    ["a BOM before an event", "\uFEFFdata: {}\n\n"],
    ["nothing", ""],
    ["continuation bytes alone", Buffer.from("808080", "hex")],
    ["an overlong form", Buffer.from("c0af", "hex")],
    ["a surrogate in UTF-8", Buffer.from("eda080", "hex")],
    ["F8, which begins nothing", Buffer.from("61f8", "hex")],
  ])("keeps %s", (_, source) => {
    const elements = one(source, kind);
    expect(
      Buffer.from((encodeBody(elements)[0] as TimedWrite).bytes).equals(Buffer.from(source as string)),
    ).toBe(true);
    expect(JSON.stringify(elements)).not.toBe("");
  });

  it("takes time in proportion to its size", () => {
    for (const unit of ["data: ", "data: {}\n", "{", '"', "\n", "\\", "data: {\n\n", "\x80"])
      expect(growth(100_000, (size) => one(unit.repeat(size / unit.length), kind))).toBeLessThan(12);
  });
});

describe("the spelling", () => {
  it.each<[string, string, (typeof KINDS)[number], BodyElement[]]>([
    ["an event with an object", 'data: {"a":1}\n\n', "sse", [{ wait: 0, sse: { a: 1 } }]],
    [
      "an event as json.dumps prints it",
      'data: {"a": 1, "b": "\\u00e9"}\n\n',
      "sse",
      [{ wait: 0, sse: { a: 1, b: "é" }, style: "spaced" }],
    ],
    ["[DONE]", "data: [DONE]\n\n", "sse", [{ wait: 0, sse: "[DONE]" }]],
    [
      "two events in a write",
      'data: {"a":1}\n\ndata: [DONE]\n\n',
      "sse",
      [{ wait: 0, sse: { a: 1 } }, { sse: "[DONE]" }],
    ],
    [
      "what is no event between events",
      'data: {"a":1}\n\n: c\n\ndata: 2\n\n',
      "sse",
      [{ wait: 0, sse: { a: 1 } }, { text: ": c\n\n" }, { sse: "2" }],
    ],
    ["an object with a key twice", 'data: {"a":1,"a":1}\n\n', "sse", [{ wait: 0, sse: '{"a":1,"a":1}' }]],
    [
      "keys that JavaScript would sort",
      '{"b":1,"2":1,"1":1}',
      "json",
      [{ wait: 0, text: '{"b":1,"2":1,"1":1}' }],
    ],
    ["JSON", '{"a":[]}', "json", [{ wait: 0, json: { a: [] } }]],
    ["null", "null", "json", [{ wait: 0, json: null }]],
    ["JSON with a blank too many", '{"a" :1}', "json", [{ wait: 0, text: '{"a" :1}' }]],
    ["JSON where none is looked for", '{"a":1}', "other", [{ wait: 0, text: '{"a":1}' }]],
  ])("of %s", (_, source, kind, expected) => {
    expect(one(source, kind)).toEqual(expected);
  });

  it.each(["9e-06", "0.0", "1E5", "-0", "1e400", "12345678901234567890"])(
    "of the number %s is JSON that keeps it",
    (lexeme) => {
      for (const [kind, source] of [
        ["json", `{"n":${lexeme}}`],
        ["sse", `data: {"n":${lexeme}}\n\n`],
      ] as const) {
        const [element] = one(source, kind);
        expect(Object.keys(element ?? {})).toEqual(["wait", kind]);
        expect(JSON.stringify(element)).toBe(`{"wait":0,"${kind}":{"n":${lexeme}}}`);
      }
    },
  );

  it("of a key __proto__ is JSON that keeps it, and no prototype changes", () => {
    const [element] = one('{"__proto__":{"polluted":1},"a":{"__proto__":2}}', "json");
    expect(JSON.stringify(element?.json)).toBe('{"__proto__":{"polluted":1},"a":{"__proto__":2}}');
    expect(Object.getPrototypeOf(element?.json)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  it("of bytes that cut a character is hex for them and text for the rest", () => {
    const euro = Buffer.from("€");
    expect(one(Buffer.concat([Buffer.from("ab"), euro.subarray(0, 2)]), "sse")).toEqual([
      { wait: 0, text: "ab" },
      { hex: "e282" },
    ]);
    expect(one(Buffer.concat([euro.subarray(2), Buffer.from("cd")]), "sse")).toEqual([
      { wait: 0, hex: "ac" },
      { text: "cd" },
    ]);
  });

  it("of JSON that nests deep is text, so that the cassette stays one that can be loaded", () => {
    const nested = (levels: number): string => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(Object.keys(one(nested(100), "json")[0] ?? {})).toEqual(["wait", "json"]);
    expect(Object.keys(one(nested(600), "json")[0] ?? {})).toEqual(["wait", "text"]);
    expect(one(`data: ${nested(600)}\n\n`, "sse")).toEqual([{ wait: 0, sse: nested(600) }]);
  });

  it("is readable where it can be: most generated events and bodies are JSON", () => {
    const readable = fc
      .sample(compact, { numRuns: 200, seed: 3 })
      .filter((text) => one(text, "json")[0]?.json !== undefined);
    expect(readable.length).toBeGreaterThan(150);
  });
});

describe("encodeBody", () => {
  it("joins elements without a wait to the write before, and flushes it if one of them says so", () => {
    const elements: BodyElement[] = [
      { text: "a" },
      { text: "b", flush: true },
      { wait: 3, hex: "63" },
      { json: [1, 2] },
      { wait: 0, sse: "x" },
    ];
    expect(shown(encodeBody(elements))).toEqual([
      { wait: 0, bytes: "ab", flush: true },
      { wait: 3, bytes: "c[1,2]" },
      { wait: 0, bytes: "data: x\n\n" },
    ]);
  });

  it("prints as json.dumps does where the style is spaced", () => {
    const json = { a: [1, 'é\u007f\u2028\u{1F600}\n"\\/'], b: {}, c: [] };
    const [write] = encodeBody([{ json, style: "spaced" }]);
    expect(Buffer.from(write?.bytes ?? []).toString()).toBe(
      '{"a": [1, "\\u00e9\\u007f\\u2028\\ud83d\\ude00\\n\\"\\\\/"], "b": {}, "c": []}',
    );
  });

  it.each<[string, BodyElement]>([
    ["an element that spells nothing", { wait: 1 }],
    ["half a byte of hex", { hex: "abc" }],
    ["hex that is none", { hex: "zz" }],
    ["a side file where there are none", { file: "0".repeat(64) }],
  ])("refuses %s", (_, element) => {
    expect(() => encodeBody([element])).toThrow(RangeError);
  });

  it("takes a side file's bytes", () => {
    expect(shown(encodeBody([{ file: "h" }], (hash) => Buffer.from(`<${hash}>`)))).toEqual([
      { wait: 0, bytes: "<h>" },
    ]);
  });
});
