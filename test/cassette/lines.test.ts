/** Long JSON bodies stand over lines: for reviewers, never in the bytes that are played. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBody, encodeBody } from "../../src/cassette/format/codec.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette } from "../../src/cassette/format/types.ts";
import { printCompact, printSpaced } from "../../src/util/json/print.ts";
import { parseJsonSource } from "../../src/util/json/source.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("lines");

function cassetteOf(bytes: Uint8Array, request?: unknown): Cassette {
  return {
    cassette: 1,
    about: { title: "x", origin: "recorded", ogl: "0.4.5" },
    interactions: [
      {
        name: "x",
        request: { method: "POST", target: "/v1/x", ...(request === undefined ? {} : { json: request }) },
        response: {
          status: 200,
          framing: "length",
          headers: [["content-length", null]],
          body: decodeBody([{ wait: 0, bytes }], "json"),
        },
      },
    ],
  };
}

/** The bytes that a printed cassette plays. */
function played(text: string): Buffer {
  const [interaction] = (parseJsonSource(text) as Cassette).interactions;
  return Buffer.concat(encodeBody(interaction?.response.body ?? []).map(({ bytes }) => bytes));
}

const LEXEMES = ["9e-06", "0.0", "1E5", "-0", "1e400", "12345678901234567890", "1.50", "0", "17"];
const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom("é\u2028\n", "  a  ", '"', "\\", "x".repeat(130)),
);
/** JSON texts by printer: numbers in any spelling, and objects that may have a key twice. */
const source = (colon: string, comma: string): fc.Arbitrary<string> =>
  fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...LEXEMES, "null", "true"),
      text.map((value) => (colon === ":" ? printCompact(value) : printSpaced(value))),
      fc.array(tie("value"), { maxLength: 12 }).map((items) => `[${items.join(comma)}]`),
      fc
        .array(fc.tuple(fc.constantFrom('"a"', '"b"', '"c"', '"long name of a member"'), tie("value")), {
          maxLength: 6,
        })
        .map((members) => `{${members.map(([key, value]) => key + colon + value).join(comma)}}`),
    ),
  })).value;

describe("a body of any JSON", () => {
  it.each([
    ["compact", ":", ","],
    ["spaced", ": ", ", "],
    ["spelled in another way", " :\t", "\n, "],
  ])("is played byte for byte after it was printed: %s", (_, colon, comma) => {
    fc.assert(
      fc.property(source(colon, comma), (body) => {
        const bytes = Buffer.from(body);
        const printed = printCassette(cassetteOf(bytes));
        expect(played(printed).equals(bytes)).toBe(true);
        expect(printCassette(parseJsonSource(printed) as Cassette)).toBe(printed);
      }),
      { numRuns: scaled(2000) },
    );
  });

  it("has no line of more than 120 characters and its indentation, where no text is that long", () => {
    const numbers = `[${Array.from({ length: 500 }, (_, i) => `${i}.5e-3`).join(",")}]`;
    const printed = printCassette(cassetteOf(Buffer.from(`{"data":[{"embedding":${numbers},"index":0}]}`)));
    expect(Math.max(...printed.split("\n").map((line) => line.trim().length))).toBeLessThanOrEqual(120);
    expect(printed.split("\n").length).toBeLessThan(80);
  });

  it("with a key twice is a text", () => {
    const body = `{"a": 1, "a": ${JSON.stringify("x".repeat(200))}}`;
    const printed = printCassette(cassetteOf(Buffer.from(body)));
    expect(printed).toContain('"text": ');
    expect(played(printed).toString()).toBe(body);
  });

  it("stays on its line if it is short", () => {
    expect(printCassette(cassetteOf(Buffer.from('{"a":1}')))).toContain('{ "wait": 0, "json": { "a": 1 } }');
  });
});

describe("one more model", () => {
  const model = (id: string): object => ({
    id,
    type: "text-generation",
    aliases: [`${id}-alias`],
    created: 1,
    owned_by: "someone with a long name",
    max_context_length: 32_768,
    costs: { prompt_tokens: 0.1, completion_tokens: 0.3 },
  });
  const list = (ids: readonly string[]): object => ({ object: "list", data: ids.map(model) });

  it.each([
    ["the answer", (ids: readonly string[]) => cassetteOf(Buffer.from(JSON.stringify(list(ids))))],
    ["the request", (ids: readonly string[]) => cassetteOf(Buffer.from("{}"), list(ids))],
  ])("is a diff of its own lines: in %s", (name, make) => {
    const files = [
      ["a", "b", "c"],
      ["a", "b", "new", "c"],
    ].map((ids, i) => {
      const file = join(folder, `${name} ${i}.cassette.json`);
      writeFileSync(file, printCassette(make(ids)));
      return file;
    });
    const diff = spawnSync("git", ["diff", "--no-index", "--unified=0", ...files], { encoding: "utf8" });
    const changed = diff.stdout.split("\n").filter((line) => /^[-+] /.test(line));
    expect(changed.filter((line) => line.startsWith("-"))).toEqual([]);
    expect(changed.map((line) => line.slice(1).trim())).toEqual([
      "{",
      '"id": "new",',
      '"type": "text-generation",',
      '"aliases": ["new-alias"],',
      '"created": 1,',
      '"owned_by": "someone with a long name",',
      '"max_context_length": 32768,',
      '"costs": { "prompt_tokens": 0.1, "completion_tokens": 0.3 }',
      "},",
    ]);
  });
});
