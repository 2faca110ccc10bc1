import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBody } from "../../src/cassette/format/codec.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette, CassetteResponse } from "../../src/cassette/format/types.ts";
import { importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { loadLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { printInline } from "../../src/util/json/print.ts";
import { parseJsonSource } from "../../src/util/json/source.ts";
import { readCaptures } from "../support/captures.ts";
import { scaled } from "../support/scaled.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("printer");

const reprinted = (text: string): string => printCassette(parseJsonSource(text) as Cassette);

/** Captures that are not one well-formed HTTP/1.1 request with its response. */
const UNREADABLE =
  /^http-(?:bad-method|garbage|h2-prior|lf-only|http10-nohost|http11-nohost|pipelined|expect-100)$/;

const raw = (lexeme: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(lexeme);
const LEXEMES = ["9e-06", "0.0", "1E5", "-0", "1e400", "12345678901234567890", "1.50", "-0.0"];
const name = fc.oneof(
  fc.constantFrom("x", "é\u2028\n", "", "^  a", "data: \n\n", '"', "\\", "\ud800"),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.constantFrom(...LEXEMES).map(raw), name, fc.integer(), fc.constantFrom(null, true)),
    fc.array(tie("json"), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(fc.constantFrom("__proto__", "1", "0", "a", "b", "wait", "constructor", ""), tie("json")),
        { maxLength: 3 },
      )
      .map((entries) => Object.fromEntries(entries)),
  ),
}));
const object = fc
  .array(fc.tuple(fc.constantFrom("__proto__", "1", "a", "b"), json), { maxLength: 3 })
  .map((entries): unknown => Object.fromEntries(entries));
/** With any subset of the members, in any order. */
const some = <T extends object>(members: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.func(fc.nat()))
    .map(
      ([value, rank]) =>
        Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => rank(a) - rank(b))) as Partial<T>,
    );

const headers = fc.array(fc.tuple(name, fc.oneof(name, fc.constant(null))), { maxLength: 3 });
const element = some({
  wait: fc.nat(),
  flush: fc.boolean(),
  sse: fc.oneof(object, name),
  json,
  text: name,
  hex: fc.constantFrom("", "00ff"),
  style: fc.constant("spaced"),
});
const response = some({
  wait: fc.nat(),
  early: fc.boolean(),
  http: fc.constant("1.0"),
  status: fc.constantFrom(200, 503),
  reason: name,
  framing: fc.constantFrom("chunked", "eof"),
  headers,
  body: fc.array(element, { maxLength: 4 }),
  trailers: headers,
  informational: fc.array(some({ status: fc.constant(103), headers }), { maxLength: 2 }),
  end: fc.constantFrom({ how: "close" }, { how: "reset", wait: 5 }),
});
const request = some({
  method: name,
  target: name,
  http: fc.constant("1.0"),
  headers,
  json,
  text: name,
  hex: fc.constant("ff"),
  form: fc.array(some({ name, text: name, filename: name }), { maxLength: 2 }),
});
const interaction = some({
  name,
  request,
  match: some({
    body: fc.constant("subset"),
    ignore: fc.array(name, { maxLength: 2 }),
    play: fc.constant("once"),
  }),
  response,
  waivers: fc.array(some({ pointer: name, reason: name }), { maxLength: 2 }),
});
const cassette = fc
  .record({
    interactions: fc.array(
      fc
        .record({ name, request, response }, { requiredKeys: ["name", "request", "response"] })
        .chain((base) => interaction.map((more) => ({ ...base, ...more }))),
      { maxLength: 3 },
    ),
    about: some({
      title: name,
      ogl: name,
      origin: fc.constant("written"),
      sanitized: fc.array(name, { maxLength: 2 }),
    }),
    cassette: fc.constant(1),
  })
  .map((value) => value as unknown as Cassette);

describe("a printed cassette", () => {
  it("is printed the same again, whatever is in it", () => {
    fc.assert(
      fc.property(cassette, (value) => {
        const text = printCassette(value);
        expect(reprinted(text)).toBe(text);
      }),
      { numRuns: scaled(800) },
    );
  });

  it("says what the cassette says", () => {
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    fc.assert(
      fc.property(cassette, (value) => {
        const summary = JSON.parse(printCassette(value)) as Record<string, unknown>;
        expect(summary).toEqual(plain(value));
      }),
      { numRuns: scaled(400) },
    );
  });

  it("does not depend on the order of the members that the format has", () => {
    fc.assert(
      fc.property(cassette, (value) => {
        const turned = (part: object): object => Object.fromEntries(Object.entries(part).toReversed());
        const { interactions } = value;
        const other = turned({
          ...value,
          about: turned(value.about),
          interactions: interactions.map((one) =>
            turned({
              ...one,
              request: turned(one.request),
              response: turned({
                ...one.response,
                ...(one.response.body ? { body: one.response.body.map(turned) } : {}),
              }),
            }),
          ),
        });
        expect(printCassette(other as Cassette)).toBe(printCassette(value));
      }),
      { numRuns: scaled(400) },
    );
  });

  it("has the members of an element in the format's order", () => {
    const body = [{ style: "spaced", hex: "", text: "", json: 1, sse: "", flush: true, wait: 1 }];
    const answer = { end: { how: "close" }, body, headers: [], framing: "eof", status: 200, wait: 0 };
    const text = printCassette({
      interactions: [{ response: answer, request: { target: "/", method: "GET" }, name: "n" }],
      about: { ogl: "0.4.5", origin: "written", title: "t" },
      cassette: 1,
    } as unknown as Cassette);
    const locations = [
      '"cassette"',
      '"about"',
      '"title"',
      '"origin"',
      '"ogl"',
      '"interactions"',
      '"name"',
      '"request"',
      '"method"',
      '"target"',
      '"response"',
      '"wait": 0',
      '"status"',
      '"framing"',
      '"headers"',
      '"body"',
      '"wait": 1',
      '"flush"',
      '"sse"',
      '"json"',
      '"text"',
      '"hex"',
      '"style"',
      '"end"',
    ].map((member) => text.indexOf(member));
    expect(locations.filter((location) => location < 0)).toEqual([]);
    expect(locations).toEqual(locations.toSorted((a, b) => a - b));
  });

  it("has one line for each element of a body without long JSON, and nothing else on it", () => {
    const short = element.filter((one) => one.json === undefined || printInline(one.json).length <= 120);
    fc.assert(
      fc.property(fc.array(short, { minLength: 1, maxLength: 6 }), (body) => {
        const text = printCassette({
          cassette: 1,
          about: { title: "t", origin: "written", ogl: "0.4.5" },
          interactions: [
            {
              name: "n",
              request: { method: "GET", target: "/" },
              response: {
                status: 200,
                framing: "chunked",
                headers: [],
                body: body as NonNullable<CassetteResponse["body"]>,
              },
            },
          ],
        });
        const lines = text.split("\n");
        const from = lines.findIndex((line) => line.trim() === '"body": [') + 1;
        const printed = lines
          .slice(from, from + body.length)
          .map((line) => JSON.parse(line.trim().replace(/,$/, "")) as unknown);
        expect(printed).toEqual(JSON.parse(JSON.stringify(body)));
        expect(lines[from + body.length]?.trim()).toBe("]");
      }),
    );
  });

  it("ends in one line break and has no blank at the end of a line", () => {
    fc.assert(
      fc.property(cassette, (value) => {
        expect(printCassette(value)).toMatch(/[^\n]\n$/);
        expect(
          printCassette(value)
            .split("\n")
            .filter((line) => line.endsWith(" ")),
        ).toEqual([]);
      }),
    );
  });
});

describe("from file to load to print", () => {
  const waivers = [{ pointer: "", reason: "not about the OpenAPI" }];
  const about = { title: "t", origin: "written", ogl: "0.4.5" } as const;

  it("the spelling of numbers stays, in requests and responses", () => {
    const numbers = Object.fromEntries(LEXEMES.map((lexeme, i) => [`n${i}`, raw(lexeme)]));
    const body = [
      { wait: 0, sse: numbers },
      { wait: 1, json: numbers },
      { wait: 2, json: numbers, style: "spaced" },
    ];
    const text = printCassette({
      cassette: 1,
      about,
      interactions: [
        {
          name: "n",
          request: { method: "POST", target: "/x", json: numbers },
          response: {
            status: 200,
            framing: "chunked",
            headers: [["Transfer-Encoding", null]],
            body: body as NonNullable<CassetteResponse["body"]>,
          },
          waivers,
        },
      ],
    });
    for (const [i, lexeme] of LEXEMES.entries()) expect(text.split(`"n${i}": ${lexeme}`)).toHaveLength(5);
    const file = join(folder, "numbers.cassette.json");
    writeFileSync(file, text);
    const loaded = loadCassette(file);
    expect(printCassette(loaded.cassette)).toBe(text);
    const sent = encodeBody(loaded.cassette.interactions[0]?.response.body ?? []).map(({ bytes }) =>
      Buffer.from(bytes).toString(),
    );
    const compact = `{${LEXEMES.map((lexeme, i) => `"n${i}":${lexeme}`).join(",")}}`;
    expect(sent).toEqual([`data: ${compact}\n\n`, compact, compact.replaceAll(/([:,])/g, "$1 ")]);
  });

  it("a number of the format itself may be spelled in any way", () => {
    const file = join(folder, "members.cassette.json");
    writeFileSync(
      file,
      `{"cassette":1.0,"about":${JSON.stringify(about)},"interactions":[{"name":"n","request":{"method":"GET","target":"/x"},"response":{"wait":1e1,"status":200.0,"framing":"length","headers":[["content-length",null]],"body":[{"wait":2.50,"text":"x"}],"end":{"how":"complete","wait":0.0}},"waivers":${JSON.stringify(waivers)}}]}`,
    );
    const [entry] = loadLibrary({ ogl: "0.4.5", paths: [file] }).entries;
    expect(entry?.script).toMatchObject({ wait: 10, head: { status: 200, reason: "OK" } });
    expect(entry?.script.ops).toEqual([
      { op: "wait", ms: 2.5 },
      { op: "write", bytes: Buffer.from("x") },
      { op: "complete" },
    ]);
    expect(reprinted(printCassette(loadCassette(file).cassette))).toBe(
      printCassette(loadCassette(file).cassette),
    );
  });

  it("nothing changes in what was imported from the captures", async () => {
    const captures = readCaptures().filter(({ name: capture }) => !UNREADABLE.test(capture));
    for (const source of new Set(captures.map((capture) => capture.file))) {
      const list = captures.filter((capture) => capture.file === source);
      const ogl = source.startsWith("045p") ? "0.4.5" : "0.4.1";
      const exchanges = parseExchanges(source, list.map(({ line }) => line).join("\n"));
      const text = printCassette(
        await importExchanges(source, exchanges, { about: { title: source, origin: "recorded", ogl } }),
      );
      const file = join(folder, `${source}.cassette.json`);
      writeFileSync(file, text);
      expect(printCassette(loadCassette(file).cassette)).toBe(text);
      expect(readFileSync(file, "utf8")).toBe(text);
    }
  });
});
