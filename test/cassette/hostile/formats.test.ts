/** Files that are no cassettes, or not of this version: a refusal tells file, place, reason and fix. */
import { describe, expect, it } from "vitest";
import { printCassette } from "../../../src/cassette/format/print.ts";
import { loadCassette } from "../../../src/cassette/library/load.ts";
import {
  complaints,
  cassette,
  withRequest,
  withResponse,
  withElement,
  statusOf,
  ABOUT,
  REQUEST,
  JSON_TYPE,
  hostileFolder,
} from "./files.ts";

const { fileOf } = hostileFolder("hostile-formats");

it("the cassette that all others here are made from is good", () => {
  expect(loadCassette(fileOf(cassette())).cassette.interactions).toHaveLength(1);
});

describe("a file that is no JSON", () => {
  it.each<[string, string | Uint8Array, number, RegExp]>([
    ["empty", "", 1, /ends before the JSON does/],
    ["blank", "\n\n  \n", 4, /ends before the JSON does/],
    ["with a comment", `{\n// why\n"cassette": 1}`, 2, /no comments/],
    ["with a block comment", `{ /* why */ "cassette": 1}`, 1, /no comments/],
    ["with a trailing comma", `{\n"cassette": 1,\n}`, 3, /not JSON/],
    ["with a trailing comma in an array", `{\n"interactions": [\n1,\n]}`, 4, /not JSON/],
    ["with single quotes", `{\n'cassette': 1}`, 2, /not JSON/],
    ["with something after its end", `${cassette()}\n}`, cassette().split("\n").length + 1, /not JSON/],
    ["with NUL bytes between", `{\n"cassette":\0 1}`, 2, /not JSON/],
    ["with a NUL byte in a string", `{\n"cassette": "\0"}`, 2, /not JSON|control character/i],
    ["with a line break in a string", `{\n"cassette": "a\nb"}`, 2, /not JSON|control character/i],
    ["with a tab in a string", `{\n"cassette": "a\tb"}`, 2, /not JSON|control character/i],
    ["with a bad escape", `{\n"cassette": "\\x"}`, 2, /not JSON/],
    ["with half an escape", `{\n"cassette": "\\u12"}`, 2, /not JSON/],
    ["with a number that is none", `{\n"cassette": 01}`, 2, /not JSON|number/i],
    ["with NaN", `{\n"cassette": NaN}`, 2, /not JSON/],
    ["with a plus", `{\n"cassette": +1}`, 2, /not JSON/],
    ["of a lone word", "\nhello", 2, /not JSON/],
    ["of NUL bytes alone", new Uint8Array(64), 1, /not JSON/],
  ])("%s", (_, content, line, says) => {
    expect(complaints(fileOf(content), { code: "not-json", says, line })).toEqual([]);
  });

  it("cut anywhere", () => {
    const whole = cassette();
    for (let size = 1; size < whole.length; size += 7) {
      expect(
        complaints(fileOf(whole.slice(0, size)), { code: "not-json", says: /not JSON/, line: "some" }),
      ).toEqual([]);
    }
  });

  it.each<[string, Uint8Array, number]>([
    ["a byte that is never UTF-8", Buffer.from(cassette().replace('"t"', '"\xff"'), "latin1"), 4],
    [
      "a character cut at the end of the file",
      Buffer.concat([Buffer.from(cassette()), Buffer.from([0xe2, 0x82])]),
      cassette().split("\n").length,
    ],
    ["UTF-16", Buffer.from(`\uFEFF${cassette()}`, "utf16le"), 1],
  ])("not UTF-8: %s", (_, content, line) => {
    expect(complaints(fileOf(content), { code: "not-utf8", says: /not UTF-8/, line })).toEqual([]);
  });

  it("may begin with a BOM", () => {
    expect(loadCassette(fileOf(`\uFEFF${cassette()}`)).cassette.cassette).toBe(1);
  });
});

describe("a file that nests too deep", () => {
  it.each<[string, string]>([
    ["5000 arrays", `{\n"a": ${"[".repeat(5000)}${"]".repeat(5000)}}`],
    ["5000 objects", `{\n"a": ${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`],
    ["a million arrays without end", `{\n"a": ${"[".repeat(1_000_000)}`],
  ])("%s", (_, content) => {
    expect(
      complaints(fileOf(content), { code: "too-deep", says: /deeper than \d+ levels/, line: 2 }),
    ).toEqual([]);
  });

  it("as a body that may be: 400 levels are read and printed again", () => {
    const file = fileOf(
      cassette({ request: { ...REQUEST, json: JSON.parse("[".repeat(400) + "]".repeat(400)) as unknown } }),
    );
    expect(printCassette(loadCassette(file).cassette)).toContain("[ [ ".trim().replace(" ", ""));
  });
});

describe("a key that stands twice", () => {
  it.each<[string, string, number]>([
    ["at the top", `{\n"cassette": 1,\n"cassette": 1}`, 3],
    ["in a body", `{"interactions": [{"request": {"json":\n{"a": 1,\n"a": 2}}}]}`, 3],
    ["under another spelling", `{\n"a": 1, "\\u0061": 2}`, 2],
    ["__proto__", `{\n"__proto__": 1,\n"__proto__": 2}`, 3],
  ])("%s", (_, content, line) => {
    expect(complaints(fileOf(content), { code: "duplicate-key", says: /stands twice/, line })).toEqual([]);
  });
});

describe("a file of another format", () => {
  it.each([2, 3, 1000])("of version %d", (version) => {
    expect(
      complaints(fileOf(cassette({}, { cassette: version, more: { to: ["come"] } })), {
        code: "newer-version",
        says: new RegExp(`version ${version}.*fix: update gatetape`, "s"),
        line: 2,
        pointer: "/cassette",
      }),
    ).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    ["null", "null", "", /must be object/],
    ["an array", "[]", "", /must be object/],
    ["a string", '"cassette"', "", /must be object/],
    ["a number", "1", "", /must be object/],
    ["an empty object", "{}", "", /required property/],
    ["version 0", cassette({}, { cassette: 0 }), "/cassette", /must be 1/],
    ["version 1.5", cassette({}, { cassette: 1.5 }), "/cassette", /version 1\.5|must be 1/],
    ['version "1"', cassette({}, { cassette: "1" }), "/cassette", /must be 1/],
    ["an unknown member", cassette({}, { extra: 1 }), "", /unknown member "extra"/],
    [
      "an unknown member of an interaction",
      cassette({ reqest: {} }),
      "/interactions/0",
      /unknown member "reqest"/,
    ],
    [
      "an unknown OGL",
      cassette({}, { about: { ...ABOUT, ogl: "9.9.9" } }),
      "/about/ogl",
      /"0\.4\.1","0\.4\.5"/,
    ],
    ["interactions that are an object", cassette({}, { interactions: {} }), "/interactions", /must be array/],
    [
      "an interaction that is null",
      cassette({}, { interactions: [null] }),
      "/interactions/0",
      /must be object/,
    ],
    ["a method with a blank", withRequest({ method: "GET /" }), "/interactions/0/request/method", /pattern/],
    [
      "a method with a line break",
      withRequest({ method: "GET\r\nX: y" }),
      "/interactions/0/request/method",
      /pattern/,
    ],
    [
      "a target that is a URL",
      withRequest({ target: "http://x/v1" }),
      "/interactions/0/request/target",
      /pattern/,
    ],
    ["two bodies", withRequest({ json: 1, text: "1" }), "/interactions/0/request", /.+/],
    ["a status of text", withResponse({ status: "200" }), "/interactions/0/response/status", /integer/],
    ["a status of 99", withResponse({ status: 99 }), "/interactions/0/response/status", />= 200/],
    [
      "a header with a line break",
      withResponse({
        headers: [
          ["content-length", null],
          ["x", "a\r\nb: c"],
        ],
      }),
      "/interactions/0/response/headers/1/1",
      /.+/,
    ],
    [
      "a header name with a colon",
      withResponse({ headers: [["x:", "a"]] }),
      "/interactions/0/response/headers/0/0",
      /pattern/,
    ],
    [
      "a header of three",
      withResponse({ headers: [["x", "a", "b"]] }),
      "/interactions/0/response/headers/0",
      /2 items/,
    ],
    [
      "a reason with a line break",
      withResponse({ reason: "OK\r\nX: y" }),
      "/interactions/0/response/reason",
      /pattern/,
    ],
    [
      "an interim reason with a line break",
      withResponse({ informational: [{ status: 103, reason: "Hi\r\nX: y" }] }),
      "/interactions/0/response/informational/0/reason",
      /pattern/,
    ],
    [
      "a wait of text",
      withElement({ wait: "1", text: "x" }),
      "/interactions/0/response/body/0/wait",
      /number/,
    ],
    ["a negative wait", withElement({ wait: -1, text: "x" }), "/interactions/0/response/body/0/wait", />= 0/],
    [
      "a wait that no timer takes",
      withElement({ wait: 2 ** 31, text: "x" }),
      "/interactions/0/response/body/0/wait",
      /<= 2147483647/,
    ],
    [
      "a wait beyond numbers",
      cassette().replace('"text": "x"', '"text": "x", "wait": 1e400'),
      "/interactions/0/response/body/0/wait",
      /.+/,
    ],
    [
      "an element of two spellings",
      withElement({ text: "x", hex: "00" }),
      "/interactions/0/response/body/0",
      /exactly one of/,
    ],
    ["an element of none", withElement({ wait: 1 }), "/interactions/0/response/body/0", /exactly one of/],
    ["half a byte of hex", withElement({ hex: "abc" }), "/interactions/0/response/body/0/hex", /pattern/],
    [
      "an unknown end",
      withResponse({ end: { how: "explode" } }),
      "/interactions/0/response/end/how",
      /must be one of/,
    ],
    [
      "no head, and a complete end",
      cassette({ response: { end: { how: "complete" } } }),
      "/interactions/0/response",
      /.+/,
    ],
    [
      "a computed header that is none",
      withResponse({
        headers: [
          ["content-length", null],
          ["server", null],
        ],
      }),
      "/interactions/0/response/headers/1",
      /server can't be computed/,
    ],
    [
      "chunked without its header",
      withResponse({ framing: "chunked" }),
      "/interactions/0/response/framing",
      /Transfer-Encoding/,
    ],
    [
      "a pointer without its slash",
      cassette({ match: { ignore: ["seed"] } }),
      "/interactions/0/match/ignore/0",
      /pattern/,
    ],
    ["an empty name", cassette({ name: "" }), "/interactions/0/name", /1 character/],
  ])("%s", (_, content, pointer, says) => {
    const code = content.includes('"cassette": 1.5') ? "newer-version" : "schema";
    expect(complaints(fileOf(content), { code, says, line: "some", pointer })).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["at the top", cassette().replace("{", '{"__proto__": {"polluted": 1},'), ""],
    ["in about", cassette().replace('"title"', '"__proto__": {"polluted": 1}, "title"'), "/about"],
    [
      "in a response",
      cassette().replace('"status"', '"__proto__": {"status": 500}, "status"'),
      "/interactions/0/response",
    ],
    [
      "in a match",
      cassette({ match: { play: "once" } }).replace('"play"', '"__proto__": {"body": "subset"}, "play"'),
      "/interactions/0/match",
    ],
  ])("a member __proto__ %s", (_, content, pointer) => {
    expect(
      complaints(fileOf(content), { code: "schema", says: /unknown member "__proto__"/, pointer }),
    ).toEqual([]);
    expect("polluted" in {}).toBe(false);
  });

  it("a key __proto__ in a body is a key like others", async () => {
    const file = fileOf(
      cassette({ request: { ...REQUEST, method: "POST", headers: JSON_TYPE, json: "HERE" } }).replace(
        '"HERE"',
        '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
      ),
    );
    expect(printCassette(loadCassette(file).cassette)).toContain('"__proto__": { "polluted": 1 }');
    const same = '{"constructor":{"prototype":{"polluted":1}},"__proto__":{"polluted":1}}';
    expect([await statusOf(file, '{"__proto__":{"polluted":2}}'), await statusOf(file, same)]).toEqual([
      400, 200,
    ]);
    expect("polluted" in {}).toBe(false);
  });

  it("a rule that ignores what every object inherits takes nothing from objects", async () => {
    const inherited = [
      [Object.prototype, "propertyIsEnumerable"],
      [Array.prototype, "copyWithin"],
      [Array, "of"],
    ] as const;
    const saved = inherited.map(
      ([owner, key]) => Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor,
    );
    const ignore = ["/__proto__/propertyIsEnumerable", "/list/__proto__/copyWithin", "/list/constructor/of"];
    const file = fileOf(
      cassette({
        request: { ...REQUEST, method: "POST", headers: JSON_TYPE, json: { list: [] } },
        match: { ignore },
      }),
    );
    const status = await statusOf(file, '{"list":[]}').catch((error: unknown) => error);
    const lost = inherited.flatMap(([owner, key]) => (Object.hasOwn(owner, key) ? [] : [key]));
    for (const [i, [owner, key]] of inherited.entries())
      Object.defineProperty(owner, key, saved[i] as PropertyDescriptor);
    expect([lost, status]).toEqual([[], 200]);
  });
});
