import { describe, expect, it } from "vitest";
import { sanitizeRulesOf } from "../../../src/cassette/scrub/config.ts";
import { bodyText, exchangesOf, importBytes, importOf, leftOutOf } from "../../support/import.ts";

const line = (name: string, body: string, answer = "{}"): string =>
  JSON.stringify({
    name,
    request: `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    response: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
  });

describe("an exchange that can't be imported", () => {
  it("of a HAR is left out, the other is there", async () => {
    const result = await importOf("one-bad-of-two.har");
    expect(exchangesOf(result)).toEqual(["POST /v1/chat/completions 200"]);
    expect(leftOutOf(result)).toEqual([
      [1, "/log/entries/1/response/content", "the response was saved without its body"],
    ]);
  });

  it.each([
    ["is no JSON", "{oops", /^not JSON: /],
    ["is no object", "[1]", /^is not an object$/],
    ["lacks its response", '{"name":"n","request":"GET / HTTP/1.1\\r\\n\\r\\n"}', /response is missing/],
    ["has a request of another type", '{"name":"n","request":5,"response":""}', /request is neither/],
    [
      "has reads of another type",
      `${line("n", "{}").slice(0, -1)},"reads":[["1",2]]}`,
      /reads is not a list/,
    ],
    [
      "is no HTTP",
      '{"name":"n","request":"GARBAGE\\r\\n\\r\\n","response":""}',
      /the request is not HTTP\/1/,
    ],
    [
      "has a short body",
      '{"name":"n","request":"POST / HTTP/1.1\\r\\ncontent-length: 9\\r\\n\\r\\n{}","response":"HTTP/1.1 204 No\\r\\n\\r\\n"}',
      /shorter than its head says/,
    ],
  ])(
    "of JSON Lines that %s is named by its line, and the lines around it are there",
    async (_, bad, reason) => {
      const text = `${line("one", '{"a":1}')}\n${bad}\n\n${line("two", '{"a":2}')}\n`;
      const result = await importBytes("x.jsonl", text);
      expect(result.cassette.interactions.map(({ name }) => name)).toEqual(["one", "two"]);
      expect(leftOutOf(result)).toEqual([[2, undefined, expect.stringMatching(reason)]]);
    },
  );

  it("is never named by its text", async () => {
    const secret = "correct horse battery staple";
    const bad = `{"name":"${secret}","request":"${secret}","response":"${secret}"}`;
    const [{ message } = new Error("none")] = (
      await importBytes("x.jsonl", `${line("one", "{}")}\n${bad}\n{"name":"${secret}`)
    ).leftOut;
    expect(message).toMatch(/^x\.jsonl:2: /);
    expect(message).not.toContain("horse");
  });

  it("because a rule of the config breaks its JSON leaves the others alone", async () => {
    const rules = sanitizeRulesOf("the config", {
      patterns: [{ id: "n", pattern: ": 7\\d", prefix: "number" }],
    });
    const text = `${line("one", '{"n": 1}')}\n${line("two", '{"n": 77}')}\n${line("three", '{"n": 3}')}`;
    const result = await importBytes("x.jsonl", text, { rules });
    expect(result.cassette.interactions.map(({ name }) => name)).toContain("one");
    expect(result.cassette.interactions.map(({ name }) => name)).toContain("three");
    expect(result.cassette.interactions.length + result.leftOut.length).toBe(3);
  });
});

describe("the same request twice", () => {
  it("is played in sequence if its answers differ", async () => {
    const { cassette } = await importOf("two-answers.jsonl");
    expect(cassette.interactions.map(({ name, match, response }) => [name, match, response.status])).toEqual([
      ["first", { play: "sequence" }, 200],
      ["second", { play: "sequence" }, 503],
    ]);
  });

  it("is kept once if its answers are the same, and said", async () => {
    const text = [line("a", '{"b": 1}'), line("b", '{ "b":1 }'), line("c", '{"b":2}')].join("\n");
    const { cassette, skipped } = await importBytes("x.jsonl", text);
    expect(cassette.interactions.map(({ name, match }) => [name, match])).toEqual([
      ["a", undefined],
      ["c", undefined],
    ]);
    expect(skipped).toEqual({ "the same again": 1 });
  });

  it("keeps its order among a hundred, whatever lies between", async () => {
    const lines = Array.from({ length: 100 }, (_, i) => line(`n${i}`, `{"k":${i % 3}}`, `{"answer":${i}}`));
    const { cassette } = await importBytes("x.jsonl", lines.join("\n"));
    expect(cassette.interactions).toHaveLength(100);
    expect(cassette.interactions.map((one) => JSON.parse(bodyText(one)) as unknown)).toEqual(
      lines.map((_, i) => ({ answer: i })),
    );
    expect(new Set(cassette.interactions.map(({ match }) => match?.play))).toEqual(new Set(["sequence"]));
  });
});

describe("waits", () => {
  it("are never negative, though the times of reads go back", async () => {
    const chunks = ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\n{}\r\n", "0\r\n\r\n"];
    const text = JSON.stringify({
      name: "n",
      request: "GET /v1/models HTTP/1.1\r\n\r\n",
      response: chunks.join(""),
      reads: chunks.map((chunk, i) => [[50, -3, 20][i], chunk.length]),
    });
    const [made] = (await importBytes("x.jsonl", text)).cassette.interactions;
    const { wait, body, end } = made?.response ?? {};
    expect([wait, body?.[0]?.wait, end?.wait]).toEqual([50, 0, 0]);
  });
});
