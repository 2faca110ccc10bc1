/** Compressed bodies in imports, HAR files and cassettes that are there already. */
import * as zlib from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { checkCassette } from "../../src/cassette/format/load.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import { importHar } from "../../src/cassette/har/import.ts";
import { type RawExchange, importExchanges, parseExchanges } from "../../src/cassette/import/import.ts";
import { Scrubber } from "../../src/cassette/scrub/scrub.ts";

/** Put together here: no secret of this form stands in the repository. */
const KEY = `sk-${"Zz9Yy8Xx7".repeat(4)}`;
const ABOUT = { title: "t", origin: "recorded", ogl: "0.4.5" } as const;
const BODY = JSON.stringify({ answer: `the key is ${KEY}` });
const CLEAN = { answer: "the key is sk-1" };
const GET = "GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n";
const noSideFiles = (): never => {
  throw new Error("none here");
};

function message(line: string, headers: readonly string[], body: Uint8Array): { base64: string } {
  const head = [line, ...headers, `content-length: ${body.length}`, "", ""].join("\r\n");
  return { base64: Buffer.concat([Buffer.from(head), body]).toString("base64") };
}

const answer = (body: Uint8Array, ...headers: string[]): { base64: string } =>
  message("HTTP/1.1 200 OK", ["content-type: application/json", ...headers], body);

async function imported(...exchanges: Omit<RawExchange, "name">[]): Promise<readonly Interaction[]> {
  const lines = exchanges.map((exchange, i) => JSON.stringify({ name: `n${i}`, ...exchange })).join("\n");
  const cassette = await importExchanges("x.jsonl", parseExchanges("x.jsonl", lines), { about: ABOUT });
  expect(printCassette(cassette)).not.toContain("Zz9Yy8");
  return cassette.interactions;
}

describe("an import of JSON Lines", () => {
  it.each<[string, Uint8Array]>([
    ["gzip", zlib.gzipSync(BODY)],
    ["deflate", zlib.deflateRawSync(BODY)],
    ["br", zlib.brotliCompressSync(BODY)],
    ["zstd", zlib.zstdCompressSync(BODY)],
    ["gzip, br", zlib.brotliCompressSync(zlib.gzipSync(BODY))],
  ])("decodes %s, of answers and requests", async (coding, bytes) => {
    const headers = ["Content-Type: application/json", `Content-Encoding: ${coding}`];
    const [first] = await imported({
      request: message("POST /v1/x HTTP/1.1", ["Host: x", ...headers], bytes),
      response: answer(bytes, `content-encoding: ${coding}`),
    });
    expect(first?.request).toMatchObject({
      headers: [["Content-Type", "application/json"]],
      decoded: coding,
      json: CLEAN,
    });
    expect(first?.response).toMatchObject({
      headers: [
        ["content-type", "application/json"],
        ["content-length", null],
      ],
      decoded: coding,
      body: [{ json: CLEAN }],
    });
  });

  it("decodes what there is of an answer that was cut", async () => {
    const whole = zlib.gzipSync(BODY.repeat(50), { level: 0 });
    const { base64 } = answer(whole, "content-encoding: gzip");
    const cut = Buffer.from(base64, "base64").subarray(0, -1000).toString("base64");
    const [first] = await imported({ request: GET, response: { base64: cut }, end: "EOF" });
    expect(first?.response.end?.how).toBe("truncate");
    const length = first?.response.headers?.find(([name]) => name === "content-length")?.[1];
    const { text = "" } = first?.response.body?.[0] ?? {};
    expect(text.startsWith(JSON.stringify(CLEAN))).toBe(true);
    expect(Number(length)).toBeGreaterThan(text.length);
  });

  it("leaves bodies as they are that are empty, or text in spite of what is said of them", async () => {
    const [head, plain] = await imported(
      {
        request: "HEAD /v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
        response: "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n",
      },
      { request: GET, response: answer(Buffer.from('{"a":1}'), "content-encoding: gzip") },
    );
    expect(head?.response.headers).toContainEqual(["content-encoding", "gzip"]);
    expect(plain?.response).toMatchObject({ body: [{ json: { a: 1 } }] });
    expect(plain?.response.decoded).toBeUndefined();
  });

  it.each<[string, { base64: string }, RegExp]>([
    [
      "bytes that do not decode",
      answer(Buffer.from("\x1f\x8b\xff\xff", "latin1"), "content-encoding: gzip"),
      /does not decode as gzip/,
    ],
    ["an unknown coding", answer(Buffer.from("\xff\xfe", "latin1"), "content-encoding: lzma"), /coding lzma/],
    ["a bomb", answer(zlib.gzipSync(Buffer.alloc(40 << 20)), "content-encoding: gzip"), /larger than 32 MB/],
    ["an archive with a secret", answer(zipSync({ a: strToU8(KEY) })), /archive that holds a secret/],
  ])("refuses %s", async (_, response, reason) => {
    const error: unknown = await imported({ request: GET, response }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CassetteError);
    expect(error).toMatchObject({ code: "leak", reason: expect.stringMatching(reason) as string });
  });
});

describe("an import of a HAR", () => {
  const har = (base64: string, coding: string): string =>
    JSON.stringify({
      log: {
        version: "1.2",
        creator: { name: "test", version: "1" },
        entries: [
          {
            startedDateTime: "2026-01-01T00:00:00.000Z",
            time: 1,
            request: {
              method: "GET",
              url: "http://gw.example.com/v1/x",
              httpVersion: "HTTP/1.1",
              headers: [],
            },
            response: {
              status: 200,
              statusText: "OK",
              httpVersion: "HTTP/1.1",
              headers: [
                { name: "content-type", value: "application/json" },
                { name: "content-encoding", value: coding },
              ],
              content: { size: 1, mimeType: "application/json", text: base64, encoding: "base64" },
            },
            timings: { send: 0, wait: 1, receive: 0 },
          },
        ],
      },
    });
  const options = { title: "t", ogl: "0.4.5" };

  it.each<[string, Buffer]>([
    ["gzip", zlib.gzipSync(BODY)],
    ["br", zlib.brotliCompressSync(BODY)],
    ["zstd", zlib.zstdCompressSync(BODY)],
  ])("decodes %s that a proxy left in it", async (coding, bytes) => {
    const { cassette, adjusted } = await importHar("x.har", har(bytes.toString("base64"), coding), options);
    expect(cassette.interactions[0]?.response.body).toMatchObject([{ json: CLEAN }]);
    expect(adjusted.map(({ what }) => what)).toContain(
      `the response's body was ${coding} in the file: decoded`,
    );
  });

  it("leaves a bomb out", async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(40 << 20)).toString("base64");
    const { cassette, leftOut } = await importHar("x.har", har(bomb, "gzip"), options);
    expect(cassette.interactions).toEqual([]);
    expect(leftOut).toMatchObject([{ reason: expect.stringMatching(/larger than 32 MB/) as string }]);
  });
});

describe("a cassette that holds compressed bodies", () => {
  const withBody = (bytes: Uint8Array, coding?: string): Cassette => ({
    cassette: 1,
    about: ABOUT,
    interactions: [
      {
        name: "n",
        request: { method: "GET", target: "/v1/x" },
        response: {
          status: 200,
          framing: "length",
          headers: [
            ["content-type", "application/json"],
            ...(coding === undefined ? [] : [["content-encoding", coding] as const]),
            ["content-length", String(bytes.length)],
          ],
          body: [{ wait: 0, hex: Buffer.from(bytes).toString("hex") }],
        },
        waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
      },
    ],
  });
  const scrub = (cassette: Cassette): ReturnType<Scrubber["scrub"]> =>
    new Scrubber([], printCassette(cassette)).scrub("x", cassette, noSideFiles);

  it.each(["gzip", undefined])("with a secret does not load (%s)", (coding) => {
    const load = (): unknown =>
      checkCassette("x", printCassette(withBody(zlib.gzipSync(BODY), coding)), noSideFiles);
    expect(load).toThrow(/an API key \(sk-…\) stands in the clear/);
  });

  it("is scrubbed decoded, and stays as it is without a secret", async () => {
    const { cassette, replaced, findings } = await scrub(withBody(zlib.gzipSync(BODY), "gzip"));
    expect(replaced).toMatchObject([{ rule: "api-key", pseudonym: "sk-1" }]);
    expect(findings).toEqual([]);
    expect(cassette.interactions[0]?.response).toMatchObject({
      decoded: "gzip",
      headers: [
        ["content-type", "application/json"],
        ["content-length", null],
      ],
      body: [{ json: CLEAN }],
    });
    const clean = withBody(zlib.gzipSync('{"a":1}'), "gzip");
    expect((await scrub(clean)).cassette).toBe(clean);
  });

  it("and can't be scrubbed is named", async () => {
    const { findings } = await scrub(withBody(zlib.gzipSync(BODY)));
    expect(findings).toContainEqual({
      kind: "compressed",
      location: "/interactions/0/response/body",
      shown: "the body is an archive that holds a secret",
    });
  });
});
