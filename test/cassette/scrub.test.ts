import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { decodeBody, encodeBody } from "../../src/cassette/format/codec.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { findCassettes } from "../../src/cassette/library/find.ts";
import { bundledLibrary } from "../../src/cassette/library/library.ts";
import { loadCassette } from "../../src/cassette/library/load.ts";
import { parseScrubRules } from "../../src/cassette/scrub/rules.ts";
import { type ScrubbedCassette, Scrubber } from "../../src/cassette/scrub/scrub.ts";
import { PINNED_VERSIONS } from "../../src/openapi/document/versions.ts";
import { Sanitizer } from "../../src/secrets/sanitizer.ts";
import { scaled } from "../support/scaled.ts";

const RULES = [
  { id: "customer", pattern: "ACME-\\d{4}", flags: "i", prefix: "customer" },
  { id: "company", pattern: "Société Générale", prefix: "company" },
];
const rules = (list: unknown = RULES): ReturnType<typeof parseScrubRules> =>
  parseScrubRules("rules.json", JSON.stringify({ rules: list }, null, 1));
const WAIVERS = [{ pointer: "", reason: "not about the OpenAPI" }];
const cassetteOf = (...interactions: Partial<Interaction>[]): Cassette => ({
  cassette: 1,
  about: { title: "t", origin: "written", ogl: "0.4.5" },
  interactions: interactions.map((more, i) => ({
    name: `n${i}`,
    request: { method: "GET", target: `/v1/x${i}` },
    response: { status: 200, framing: "length", headers: [["content-length", null]] },
    waivers: WAIVERS,
    ...more,
  })),
});
const response = (more: object): Interaction["response"] => ({
  status: 200,
  framing: "chunked",
  headers: [
    ["content-type", "text/event-stream"],
    ["Transfer-Encoding", null],
  ],
  ...more,
});
const noSideFiles = (): never => {
  throw new Error("none here");
};
function scrub(cassette: Cassette, list: unknown = RULES): Promise<ScrubbedCassette> {
  return new Scrubber(rules(list), printCassette(cassette)).scrub("x.cassette.json", cassette, noSideFiles);
}
const bytesOf = (cassette: Cassette): string =>
  Buffer.concat(
    encodeBody(cassette.interactions[0]?.response.body ?? []).map(({ bytes }) => bytes),
  ).toString();

describe("scrub", () => {
  it("replaces in targets, headers, bodies and words; the same value has the same pseudonym", async () => {
    const { cassette, replaced } = await scrub(
      cassetteOf({
        name: "of ACME-0001",
        request: {
          method: "POST",
          target: "/v1/x?customer=ACME-0001&by=Soci%C3%A9t%C3%A9%20G%C3%A9n%C3%A9rale",
          headers: [
            ["x-customer", "acme-0002"],
            ["authorization", "Bearer hunter2hunter2"],
          ],
          json: { for: "ACME-0001", "ACME-0003": 1.5 },
        },
        response: response({
          headers: [
            ["x-customer", "ACME-0002"],
            ["content-type", "text/event-stream"],
            ["Transfer-Encoding", null],
          ],
          body: [{ wait: 0, sse: { to: "ACME-0002", by: "Société Générale" } }],
          trailers: [["x-last", "ACME-0001"]],
          informational: [{ status: 103, reason: "Hints of ACME-0001" }],
        }),
        waivers: [{ pointer: "", reason: "ACME-0001 is odd" }],
      }),
    );
    const [clean] = cassette.interactions;
    expect(clean).toMatchObject({
      name: "of customer-1",
      request: {
        target: "/v1/x?customer=customer-1&by=company-1",
        headers: [
          ["x-customer", "customer-2"],
          ["authorization", "Bearer sk-1"],
        ],
        json: { for: "customer-1" },
      },
      waivers: [{ reason: "customer-1 is odd" }],
    });
    expect(printCassette(cassette)).not.toMatch(/acme|hunter|générale|g%c3/i);
    expect(cassette.about.sanitized).toEqual(["authorization", "company", "customer"]);
    expect(replaced.map(({ pointer, rule, pseudonym }) => `${pointer} ${rule} ${pseudonym}`)).toEqual([
      "/interactions/0/name customer customer-1",
      "/interactions/0/request/target customer customer-1",
      "/interactions/0/request/target company company-1",
      "/interactions/0/request/headers/0 customer customer-2",
      "/interactions/0/request/headers/1 authorization sk-1",
      "/interactions/0/request/json/for customer customer-1",
      "/interactions/0/request/json/* customer customer-3",
      "/interactions/0/response/body/0/sse/to customer customer-4",
      "/interactions/0/response/body/0/sse/by company company-1",
      "/interactions/0/response/informational/0/reason customer customer-1",
      "/interactions/0/response/headers/0 customer customer-4",
      "/interactions/0/response/trailers/0 customer customer-1",
      "/interactions/0/waivers/0/reason customer customer-1",
    ]);
  });

  it("tells nothing of what it replaced", async () => {
    const result = await scrub(cassetteOf({ request: { method: "GET", target: "/v1/ACME-0007" } }));
    expect(JSON.stringify(result)).not.toContain("ACME");
  });

  it("goes on from the pseudonyms that are there, and leaves them alone", async () => {
    const { cassette } = await scrub(
      cassetteOf(
        { request: { method: "GET", target: "/v1/customer-7", headers: [["cookie", "cookie-3"]] } },
        { request: { method: "GET", target: "/v1/ACME-0001", headers: [["cookie", "a=b"]] } },
      ),
    );
    expect(cassette.interactions.map(({ request }) => [request.target, request.headers])).toEqual([
      ["/v1/customer-7", [["cookie", "cookie-3"]]],
      ["/v1/customer-8", [["cookie", "cookie-4"]]],
    ]);
  });

  it("has one numbering for several cassettes", async () => {
    const files = ["ACME-0001", "ACME-0002", "ACME-0001"].map((value) =>
      cassetteOf({ request: { method: "GET", target: `/v1/${value}` } }),
    );
    const scrubber = new Scrubber(rules(), files.map(printCassette).join("\n"));
    const sources = files.map((cassette) => ({ file: "x", cassette, readSideFile: noSideFiles }));
    const targets = (await scrubber.scrubAll(sources)).map(
      ({ cassette }) => cassette.interactions[0]?.request.target,
    );
    expect(targets).toEqual(["/v1/customer-1", "/v1/customer-2", "/v1/customer-1"]);
  });

  it("finds nothing the second time, also with a rule that its own pseudonyms keep to", async () => {
    const list = [...RULES, { id: "number", pattern: "(?<=no )[\\w-]+", prefix: "number" }];
    const source = cassetteOf({
      request: { method: "POST", target: "/v1/x", json: { a: "ACME-1234 of jeanne@corp.fr", b: "no 42" } },
    });
    const once = await scrub(source, list);
    expect(once.cassette.interactions[0]?.request.json).toEqual({
      a: "customer-1 of user-1@example.org",
      b: "no number-1",
    });
    const twice = await scrub(once.cassette, list);
    expect(twice.replaced).toEqual([]);
    expect(twice.cassette).toBe(once.cassette);
  });

  it("takes all of what two rules share", async () => {
    const list = [{ id: "host", pattern: "at jeanne@", prefix: "host" }];
    const source = cassetteOf({
      request: { method: "POST", target: "/v1/x", text: "mail at jeanne@corp.fr now" },
    });
    expect((await scrub(source, list)).cassette.interactions[0]?.request.text).toBe(
      "mail user-1@example.org now",
    );
  });

  it("keeps what it does not replace, byte for byte: the bundled library", async () => {
    for (const file of findCassettes(PINNED_VERSIONS.map(bundledLibrary))) {
      const { cassette, readSideFile } = loadCassette(file);
      // The names of the world that the captures were made in are nobody's.
      const keep = [/(?:k-)?plain|n1/];
      const found = await new Scrubber({ patterns: rules(), keep }, "").scrub(file, cassette, readSideFile);
      expect(found.replaced).toEqual([]);
      expect(found.cassette).toBe(cassette);
    }
  });
});

describe("a secret that writes cut", () => {
  const text = `data: {"a":1.0,"b":"é ACME-1234 é"}\n\ndata: {"c":"Société Générale","d":9e-06}\n\ndata: [DONE]\n\n`;
  const expected = text.replace("ACME-1234", "customer-1").replace("Société Générale", "company-1");
  const bytes = Buffer.from(text);

  it("is replaced wherever they cut it; waits and the rest of the bytes stay", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: bytes.length }), fc.nat({ max: 50 })), { maxLength: 30 }),
        async (cuts) => {
          const ends = [...new Set([...cuts.map(([at]) => at), bytes.length])]
            .filter((at) => at > 0)
            .toSorted((a, b) => a - b);
          const writes = ends.map((end, i) => ({
            wait: cuts[i]?.[1] ?? 0,
            bytes: bytes.subarray(ends[i - 1] ?? 0, end),
          }));
          const source = cassetteOf({
            response: response({ body: decodeBody(writes, "sse"), end: { how: "complete", wait: 7 } }),
          });
          const { cassette } = await scrub(source);
          expect(bytesOf(cassette)).toBe(expected);
          const after = cassette.interactions[0]?.response;
          const waits = encodeBody(after?.body ?? []).reduce(
            (sum, { wait }) => sum + wait,
            after?.end?.wait ?? 0,
          );
          expect(waits).toBe(writes.reduce((sum, { wait }) => sum + wait, 7));
        },
      ),
      { numRuns: scaled(400) },
    );
  });

  it("is spelled as the most readable again", async () => {
    const source = cassetteOf({ response: response({ body: decodeBody([{ wait: 3, bytes }], "sse") }) });
    expect(printCassette((await scrub(source)).cassette)).toContain(
      '{ "wait": 3, "sse": { "a": 1.0, "b": "é customer-1 é" } }',
    );
  });

  it("leaves writes that have none as they are spelled", async () => {
    const body = [
      { wait: 1, hex: "C3A9" },
      { wait: 2, text: "ACME-1234" },
    ];
    const { cassette } = await scrub(cassetteOf({ response: response({ body }) }));
    expect(cassette.interactions[0]?.response.body).toEqual([
      { wait: 1, hex: "C3A9" },
      { wait: 2, text: "customer-1" },
    ]);
  });

  it("is seen through the escapes of JSON, also of JSON in JSON", async () => {
    for (const spelled of ["Soci\\u00e9t\\u00e9 G\\u00e9n\\u00e9rale", "Soci\\\\u00E9t\\\\u00E9 Générale"]) {
      const body = [{ wait: 0, text: `{"a":"\\n${spelled}"}` }];
      expect(bytesOf((await scrub(cassetteOf({ response: response({ body }) }))).cassette)).toBe(
        '{"a":"\\ncompany-1"}',
      );
    }
  });

  it("keeps waivers on the elements that they are about, and the length that a header tells", async () => {
    const source = cassetteOf({
      response: {
        status: 200,
        framing: "length",
        headers: [["content-length", "21"]],
        body: [
          { wait: 0, text: "x ACME-" },
          { wait: 4, text: "12" },
          { wait: 4, text: "34" },
          { wait: 4, text: " and odd\n\n" },
        ],
      },
      waivers: [...WAIVERS, { pointer: "/response/body/3", reason: "odd" }],
    });
    const { response: after, waivers } = (await scrub(source)).cassette.interactions[0] as Interaction;
    expect(after.headers).toEqual([["content-length", null]]);
    expect(after.body).toEqual([
      { wait: 0, text: "x customer-1" },
      { wait: 12, text: " and odd\n\n" },
    ]);
    expect(waivers?.[1]).toEqual({ pointer: "/response/body/1", reason: "odd" });
  });

  it("is replaced where only the deltas of a stream, put together, show it", async () => {
    const delta = (content: string): object => ({
      wait: 0,
      sse: {
        id: "c",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [{ index: 0, delta: { content }, finish_reason: null }],
      },
    });
    const body = [delta("of AC"), delta("ME-12"), delta("34!"), { wait: 0, sse: "[DONE]" }];
    const source = cassetteOf({ response: response({ body }) });
    const { cassette, replaced } = await scrub(source);
    expect(replaced).toMatchObject([
      {
        pointer: "/interactions/0/response/body/0/sse/choices/0/delta/content",
        rule: "customer",
        pseudonym: "customer-1",
      },
    ]);
    expect(cassette.interactions[0]?.response.body).toEqual([
      delta("of customer-1"),
      delta(""),
      delta("!"),
      { wait: 0, sse: "[DONE]" },
    ]);
  });
});

describe("an interaction that still holds what can't be replaced", () => {
  it("is left out, and named by its location; the others stay", async () => {
    const token = "Kq2Vw7Zt3Rb8Nm5Lp6Hs1Xc4";
    const hex = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(` ${token} `)]).toString("hex");
    const { cassette, findings, withheld } = await scrub(
      cassetteOf({}, { response: response({ body: [{ wait: 0, hex }] }) }, {}),
    );
    expect(cassette.interactions.map(({ name }) => name)).toEqual(["n0", "n2"]);
    expect(withheld).toEqual([2]);
    expect(findings[0]).toMatchObject({ kind: "binary", location: "/interactions/1/response/body" });
  });
});

describe("a rule that takes too much", () => {
  it.each([
    ["the JSON around a string", '"for":"[^"]*"', { for: "ACME-0001" }],
    ["a bare number", "12", { a: 12 }],
    ["two strings and what is between them", "b.*d", { a: "b", c: "d" }],
  ])("finds nothing in JSON if it wants %s", async (_, pattern, json) => {
    const source = cassetteOf({ request: { method: "POST", target: "/v1/x", json } });
    expect((await scrub(source, [{ id: "r", pattern, prefix: "r" }])).cassette).toBe(source);
  });

  it.each<[string, string, Partial<Interaction>, RegExp]>([
    ["the slash of a target", "/v1", { request: { method: "GET", target: "/v1" } }, /would not load/],
  ])("like %s is refused", async (_, pattern, more, says) => {
    const run = scrub(cassetteOf(more), [{ id: "r", pattern, prefix: "r" }]);
    await expect(run).rejects.toThrow(CassetteError);
    await expect(run).rejects.toThrow(says);
    await expect(run).rejects.toThrow(/nothing was written/);
  });
});

describe("a file of rules", () => {
  it.each<[string, string, string | undefined, RegExp]>([
    ["that is no JSON", "{", undefined, /not JSON/],
    ["that is a list", "[]", "", /not an object/],
    ["without rules", '{"rules":[]}', "/rules", /holds no rule/],
    ["of another form", '{"rules":{}}', "/rules", /not a list/],
    ["with a member too many", '{"rule":[],"rules":[]}', "/rule", /unknown member "rule"/],
    ["with a rule that is none", '{"rules":["x"]}', "/rules/0", /is an object/],
    [
      "with a rule without a pattern",
      '{"rules":[{"id":"a","prefix":"a"}]}',
      "/rules/0",
      /pattern is missing/,
    ],
    ["with a number for a text", '{"rules":[{"id":1}]}', "/rules/0/id", /is not a text/],
    [
      "with a misspelled member",
      '{"rules":[{"id":"a","regex":"x"}]}',
      "/rules/0/regex",
      /unknown member "regex"/,
    ],
    ["with an id that is none", '{"rules":[{"id":"A b"}]}', "/rules/0/id", /is not a valid id/],
    ["with a rule of gatetape's", '{"rules":[{"id":"email"}]}', "/rules/0/id", /gatetape's own/],
    [
      "with a prefix of gatetape's",
      '{"rules":[{"id":"a","prefix":"sk"}]}',
      "/rules/0/prefix",
      /gatetape's own/,
    ],
    [
      "with a prefix that is none",
      '{"rules":[{"id":"a","prefix":"a b"}]}',
      "/rules/0/prefix",
      /is not a valid prefix/,
    ],
    [
      "with a pattern that is none",
      '{"rules":[{"id":"a","prefix":"a","pattern":"("}]}',
      "/rules/0/pattern",
      /Invalid regular expression/,
    ],
    [
      "with a pattern of nothing",
      '{"rules":[{"id":"a","prefix":"a","pattern":"x*"}]}',
      "/rules/0/pattern",
      /the empty text/,
    ],
    [
      "with a flag that is none",
      '{"rules":[{"id":"a","prefix":"a","pattern":"x","flags":"g"}]}',
      "/rules/0/flags",
      /are not valid flags/,
    ],
    [
      "with an id twice",
      '{"rules":[{"id":"a","prefix":"a","pattern":"x"},\n{"id":"a","prefix":"b","pattern":"x"}]}',
      "/rules/1/id",
      /\/rules\/0 has the same id/,
    ],
  ])("%s is refused, with its place and a fix", (_, text, pointer, says) => {
    let error: unknown;
    try {
      parseScrubRules("rules.json", text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CassetteError);
    expect((error as CassetteError).message).toMatch(says);
    expect((error as CassetteError).message).toMatch(/^rules\.json:\d+:\d+.*\n {2}fix: ./s);
    expect((error as CassetteError).location.pointer).toBe(pointer);
  });
});

describe("Sanitizer", () => {
  it("are the same for one value however it is spelled", () => {
    const pseudonyms = new Sanitizer("", { rules: { patterns: rules() } });
    expect(pseudonyms.replaceTarget("/v1/a%40corp.fr?x=a@corp.fr")).toBe(
      "/v1/user-1@example.org?x=user-1@example.org",
    );
    expect(pseudonyms.replaceText('"\\u0061@corp.fr"')).toBe('"user-1@example.org"');
    expect(pseudonyms.used).toEqual(["email"]);
  });
});
