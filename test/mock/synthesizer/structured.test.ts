import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../../src/mock/synthesizer/base/digest.ts";
import { chat } from "../../../src/mock/synthesizer/chat/chat.ts";
import { textFor } from "../../../src/mock/synthesizer/schema/pattern.ts";
import { Random } from "../../../src/util/random.ts";
import { scaled } from "../../support/scaled.ts";
import { request, jsonOf, user } from "./support.ts";

/** What the formats of OpenAI's subset mean; written for these tests, not taken from what makes the values. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) && isDate(text),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && isDate(text),
  time: (text) => /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text),
  duration: (text) =>
    /^P(?!$)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?!$)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/.test(text),
  email: (text) => /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(text),
  hostname: (text) => /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9-]{1,63}$/i.test(text),
  ipv4: (text) => /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(text),
  ipv6: (text) => URL.canParse(`http://[${text}]/`),
  uuid: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
};

function isDate(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

const ajv = new Ajv2020({ strict: false, formats: FORMATS });

/** The answer to a request for that schema, parsed. */
function answer(schema: unknown, prompt = "Describe Marie Curie, born in Warsaw."): unknown {
  const body = {
    messages: user(prompt),
    response_format: { type: "json_schema", json_schema: { name: "s", strict: true, schema } },
  };
  const [choice] = jsonOf(chat(request(body))).choices;
  expect(choice?.finish_reason).toBe("stop");
  return JSON.parse(choice?.message.content ?? "") as unknown;
}

function faults(schema: object, prompt?: string): unknown {
  const validate = ajv.compile(schema);
  const value = answer(schema, prompt);
  return validate(value) ? [] : { value, errors: validate.errors };
}

const name = fc.constantFrom(
  "id",
  "name",
  "city",
  "tags",
  "items",
  "created_at",
  "unitPrice",
  "x",
  "été",
  "next",
  "$id",
);
const strings = fc.oneof(
  fc.constant({ type: "string" }),
  fc
    .tuple(fc.nat(40), fc.nat(40))
    .map(([min, more]) => ({ type: "string", minLength: min, maxLength: min + more })),
  fc.constantFrom(...Object.keys(FORMATS)).map((format) => ({ type: "string", format })),
  fc
    .constantFrom(
      "^[A-Z]{3}-\\d{4}$",
      "^@[a-zA-Z0-9_]+$",
      "^\\d{5}(-\\d{4})?$",
      "^(?:red|green|blue)$",
      "\\w+\\s\\w+",
      "^#[0-9a-fA-F]{6}$",
      "^\\p{Lu}\\p{Ll}+$",
      "^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$",
      "^v?(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$",
      "^$",
    )
    .map((pattern) => ({ type: "string", pattern })),
);
const numbers = fc.oneof(
  fc.constantFrom({ type: "integer" }, { type: "number" }, { type: "boolean" }, { type: "null" }),
  fc
    .tuple(
      fc.integer({ min: -1000, max: 1000 }),
      fc.nat(50),
      fc.boolean(),
      fc.constantFrom("integer", "number"),
    )
    .map(([low, span, exclusive, type]) =>
      exclusive
        ? { type, exclusiveMinimum: low, exclusiveMaximum: low + span + 2 }
        : { type, minimum: low, maximum: low + span },
    ),
  fc
    .tuple(fc.constantFrom(2, 5, 10, 0.5, 0.25, 0.1), fc.integer({ min: -20, max: 20 }))
    .map(([step, low]) => ({ type: "number", multipleOf: step, minimum: low, maximum: low + 20 })),
);
const choices = fc.oneof(
  fc
    .uniqueArray(fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.constant(null)), {
      minLength: 1,
      maxLength: 5,
    })
    .map((values) => ({ enum: values })),
  fc.oneof(fc.string({ maxLength: 8 }), fc.integer(), fc.boolean()).map((value) => ({ const: value })),
);

/** Schemas of OpenAI's subset: every object closed, every property required, `null` for what may be left out. */
const { schema: anySchema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    strings,
    numbers,
    choices,
    fc
      .tuple(tie("schema"), fc.nat(3), fc.nat(3))
      .map(([items, min, more]) => ({ type: "array", items, minItems: min, maxItems: min + more })),
    fc.uniqueArray(fc.tuple(name, tie("schema")), { maxLength: 5, selector: ([key]) => key }).map(objectOf),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((branches) => ({ anyOf: branches })),
    tie("schema").map((branch) => ({ anyOf: [{ type: "null" }, branch] })),
  ),
}));

function objectOf(members: readonly (readonly [string, object])[]): object {
  return {
    type: "object",
    properties: Object.fromEntries(members),
    required: members.map(([key]) => key),
    additionalProperties: false,
  };
}

/** Types that refer to each other and to themselves, each reference with a way out. */
const withRefs = fc
  .tuple(anySchema, anySchema, fc.constantFrom("null", "array", "branch"))
  .map(([first, second, way]) => {
    const to = (target: string): object => {
      const ref = { $ref: `#/$defs/${target}` };
      if (way === "array") return { type: "array", items: ref };
      return way === "null" ? { anyOf: [ref, { type: "null" }] } : { anyOf: [ref, { type: "string" }] };
    };
    return {
      $defs: {
        a: objectOf([
          ["value", first],
          ["b", to("b")],
          ["a", to("a")],
        ]),
        b: objectOf([
          ["value", second],
          ["a", to("a")],
        ]),
      },
      ...objectOf([
        ["root", { $ref: "#/$defs/a" }],
        ["other", { $ref: "#/$defs/b" }],
        ["again", to("a")],
      ]),
    };
  });

describe("structured output", () => {
  it("keeps to any schema of OpenAI's subset", () => {
    fc.assert(
      fc.property(anySchema, (schema) => {
        expect(faults(schema)).toEqual([]);
      }),
      { numRuns: scaled(200) },
    );
  });

  it("keeps to schemas that refer to themselves, and comes to an end", () => {
    fc.assert(
      fc.property(withRefs, (schema) => {
        expect(faults(schema)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it.each<[string, object]>([
    [
      "a reference to the root",
      {
        type: "object",
        properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
        required: ["next"],
      },
    ],
    [
      "allOf",
      {
        allOf: [
          { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
          { properties: { a: { minimum: 7 }, b: { const: "x" } }, required: ["b"] },
        ],
      },
    ],
    [
      "a reference with siblings",
      { $defs: { n: { type: "number", minimum: 3 } }, $ref: "#/$defs/n", maximum: 4 },
    ],
    [
      "oneOf",
      {
        oneOf: [
          { type: "integer", minimum: 5 },
          { type: "string", minLength: 3 },
        ],
      },
    ],
    ["unique items", { type: "array", items: { enum: ["a", "b", "c"] }, uniqueItems: true, minItems: 3 }],
    [
      "prefix items",
      { type: "array", prefixItems: [{ type: "integer" }, { type: "string" }], items: false, minItems: 2 },
    ],
    ["a map", { type: "object", additionalProperties: { type: "integer" }, minProperties: 2 }],
    [
      "pattern properties",
      {
        type: "object",
        patternProperties: { "^k": { type: "boolean" } },
        required: ["k1"],
        additionalProperties: false,
      },
    ],
    ["a nullable type", { type: ["string", "null"], maxLength: 2 }],
    ["no type", { properties: { a: { minLength: 3 } }, required: ["a"] }],
    ["contains", { type: "array", contains: { const: 5 }, items: { type: "integer" }, minItems: 2 }],
    ["a narrow range", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.001 }],
    ["large numbers", { type: "integer", minimum: 9_000_000_000 }],
    ["nothing asked", {}],
    [
      "a property called __proto__",
      JSON.parse(
        '{"type":"object","properties":{"__proto__":{"type":"integer"}},"required":["__proto__"]}',
      ) as object,
    ],
  ])("keeps to %s", (_, schema) => {
    expect(faults(schema)).toEqual([]);
  });

  it("takes what the prompt says", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string" },
        unit: { enum: ["celsius", "fahrenheit"] },
        date: { type: "string", format: "date" },
        email: { type: "string", format: "email" },
        count: { type: "integer", minimum: 1, maximum: 10 },
      },
      required: ["city", "unit", "date", "email", "count"],
    };
    const prompt = "Send the weather of Lyon on 2026-12-24 in fahrenheit to ann@corp.example, 7 times.";
    expect(answer(schema, prompt)).toEqual({
      city: "Lyon",
      unit: "fahrenheit",
      date: "2026-12-24",
      email: "ann@corp.example",
      count: 7,
    });
  });

  it("gives an object with the keys that json_object's prompt names", () => {
    const body = {
      messages: user('Answer in JSON with the keys "city" and "year".'),
      response_format: { type: "json_object" },
    };
    const content = jsonOf(chat(request(body))).choices[0]?.message.content ?? "";
    expect(Object.keys(JSON.parse(content) as object)).toEqual(["city", "year"]);
  });

  it("says so in the journal where no value keeps to a schema", () => {
    const body = (schema: unknown): Record<string, unknown> => ({
      messages: user("hi"),
      response_format: { type: "json_schema", json_schema: { name: "odd", schema } },
    });
    const { by } = chat(request(body({ type: "integer", minimum: 3, maximum: 2 })));
    expect(by).toEqual({
      kind: "synthesizer",
      how: 'JSON by the schema "odd", for which no matching value was found',
    });
    expect(chat(request(body({ type: "integer" }))).by).toEqual({
      kind: "synthesizer",
      how: 'JSON by the schema "odd"',
    });
  });

  it("gives up in time on a schema that has no end", () => {
    const node = { $ref: "#/$defs/node" };
    const endless = {
      $defs: {
        node: objectOf([
          ["a", node],
          ["b", node],
        ]),
      },
      ...node,
    };
    expect(answer(endless)).toBeNull();
    const loop = { $defs: { a: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" };
    expect(answer(loop)).toBeNull();
  });
});

describe("a schema that asks for too much", () => {
  it.each<[string, object]>([
    ["items", { type: "array", items: { type: "integer" }, minItems: 1e9 }],
    ["different items", { type: "array", items: { type: "integer" }, minItems: 1e9, uniqueItems: true }],
    ["members", { type: "object", minProperties: 1e9, additionalProperties: false }],
    ["characters", { type: "string", minLength: 1e9 }],
    ["repetitions", { type: "string", pattern: "^(((a{999}){999}){999}){999}$" }],
    ["repetitions at once", { type: "string", pattern: "^a{4000000000}$" }],
    [
      "depth",
      Array.from({ length: 200 }).reduce<object>(
        (inner) => ({ type: "object", properties: { a: inner }, required: ["a"] }),
        {},
      ),
    ],
    [
      "branches",
      Array.from({ length: 7 }).reduce<object>((inner) => ({ anyOf: [inner, inner, inner] }), { enum: [] }),
    ],
  ])("gets an answer all the same: %s", (_, schema) => {
    expect(() => answer(schema)).not.toThrow();
  });

  it.each(["a", "a ", "1", "'", '"', "A b", "A", "-", "@", "a@", "a.", "http://", "l'", "2026-", "\n"])(
    "and so does a long prompt of %j",
    (unit) => {
      expect(() =>
        answer({ type: "object", properties: { city: {}, n: { type: "integer" } } }, unit.repeat(200_000)),
      ).not.toThrow();
    },
  );
});

describe("a pattern", () => {
  it("is matched by what is made for it", () => {
    fc.assert(
      fc.property(patterns(), fc.nat(1000), (pattern, seed) => {
        const text = textFor(pattern, 0, Infinity, new Random(digestOf(seed)));
        expect(text).toBeDefined();
        expect(text).toMatch(new RegExp(pattern, "u"));
      }),
      { numRuns: scaled(300) },
    );
  });

  it.each(["(?=a)b", "(a)\\1", "(?<!x)y", "[", "(", "a{2}{3}*"])(
    "that is not understood is left: %s",
    (pattern) => {
      expect(textFor(pattern, 0, 9, new Random(digestOf(1)))).toBeUndefined();
    },
  );

  it.each([
    ["^[a-z]+$", 12, 12],
    ["^[a-z]*$", 0, 0],
    ["^(?:ab)+$", 20, 21],
    ["x", 30, 31],
  ])("%s is as long as it must be", (pattern, min, max) => {
    const text = textFor(pattern, min, max, new Random(digestOf(2))) ?? "";
    expect(text).toMatch(new RegExp(pattern, "u"));
    expect(text.length).toBeGreaterThanOrEqual(min);
    expect(text.length).toBeLessThanOrEqual(max);
  });
});

/** Regular expressions of the parts that schemas use. */
function patterns(): fc.Arbitrary<string> {
  const atom = fc.constantFrom(
    "a",
    "7",
    "\\d",
    "\\w",
    "[a-f]",
    "[^0-9]",
    ".",
    "\\.",
    "(?:ab|c)",
    "(x)",
    "\\p{L}",
    "\\u0041",
    "[\\w-]",
    "\\s",
  );
  const times = fc.constantFrom("", "+", "*", "?", "{2}", "{1,3}", "{2,}", "+?");
  return fc
    .array(fc.tuple(atom, times), { minLength: 1, maxLength: 6 })
    .map((parts) => `^${parts.map(([part, count]) => part + count).join("")}$`);
}
