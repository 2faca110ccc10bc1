import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeBody } from "../../../src/cassette/format/codec.ts";
import { printCassette } from "../../../src/cassette/format/print.ts";
import { FILES, bodyText, exchangesOf, importBytes, importOf, leftOutOf } from "../../support/import.ts";

const ANSWER = '{"object": "list"}';

/** A VCR cassette with one answer, whose body and headers are given as YAML. */
const answered = (body: string, headers = "{Content-Type: [application/json]}"): string =>
  `interactions:\n- request: {method: GET, uri: 'https://x.example/v1/models', headers: {}, body: null}\n  response:\n    body: ${body}\n    headers: ${headers}\n    status: {code: 200, message: OK}\nversion: 1\n`;
const binary = (bytes: Uint8Array): string => `!!binary |\n      ${Buffer.from(bytes).toString("base64")}`;

describe("a VCR cassette", () => {
  it("of VCR.py gives its exchanges, a stream as one write an event, and names what it can't", async () => {
    const result = await importOf("vcr-strings.yaml");
    expect(exchangesOf(result)).toEqual([
      "POST /v1/chat/completions 200",
      "GET /v1/models 429",
      "GET /v1/models 200",
    ]);
    expect(leftOutOf(result)).toEqual([[41, "/interactions/2", "its request has no http or https uri"]]);
    const [stream, ...models] = result.cassette.interactions;
    expect(stream?.request.json).toEqual({
      model: "albert-large",
      messages: [{ role: "user", content: "It's a test" }],
      stream: true,
    });
    expect(encodeBody(stream?.response.body ?? []).map(({ wait, bytes }) => [wait, bytes.length])).toEqual([
      [0, 135],
      [0, 14],
    ]);
    expect(bodyText(stream as NonNullable<typeof stream>)).toContain("Hé");
    expect(stream?.response.headers?.filter(([name]) => name === "Set-Cookie")).toHaveLength(2);
    expect(models.map(({ match }) => match)).toEqual([{ play: "sequence" }, { play: "sequence" }]);
    expect(printCassette(result.cassette)).not.toContain("sk-abc");
    expect(result.host).toBe("albert.api.etalab.gouv.fr");
    expect(result.losses.join()).toMatch(/neither times nor the boundaries of writes/);
    expect(result.cassette.about).toMatchObject({ origin: "derived" });
  });

  it("of pydantic-ai gives the JSON of parsed bodies, and integers that JavaScript can't hold", async () => {
    const result = await importOf("vcr-parsed-body.yaml");
    expect(exchangesOf(result)).toEqual(["POST /v1/embeddings 200", "POST /v1/embeddings 400"]);
    const text = printCassette(result.cassette);
    expect(text).toContain("12345678901234567890");
    const [first, second] = result.cassette.interactions;
    expect(first?.request.json).toMatchObject({ input: ["hello", "yes"], temperature: 0.5, user: null });
    expect(JSON.parse(bodyText(first as NonNullable<typeof first>))).toMatchObject({
      data: [{ embedding: [0.25, -1e-6] }],
    });
    expect(second?.request.headers).toContainEqual(["content-type", "application/json"]);
  });

  it("of Ruby's VCR is read, with its base64", async () => {
    const { cassette } = await importOf("vcr-ruby.yml");
    const [{ request, response } = { request: {}, response: {} }] = cassette.interactions;
    expect(request).toMatchObject({
      method: "POST",
      target: "/v1/embeddings",
      json: { model: "m", input: "x" },
    });
    expect(response).toMatchObject({ status: 200, body: [{ json: { object: "list" } }] });
  });

  it("whose quoted lines are not indented is read as PyYAML reads it, with right lines", async () => {
    const result = await importOf("vcr-unindented.yaml");
    expect(result.cassette.interactions[0]?.request.json).toEqual({
      model: "m",
      messages: [{ role: "user", content: "it's me" }],
    });
    expect(leftOutOf(result)).toEqual([
      [16, "/interactions/1", "has no request: it is not an HTTP exchange"],
    ]);
  });

  it.each([
    ["a text", `'${ANSWER}'`],
    ["{string}", `{string: '${ANSWER}'}`],
    ["bytes", binary(Buffer.from(ANSWER))],
    ["gzip without its header", binary(gzipSync(ANSWER))],
    [
      "gzip with its header",
      binary(gzipSync(ANSWER)),
      "{Content-Type: [application/json], content-encoding: [gzip]}",
    ],
    [
      "decoded, with the header of gzip",
      `'${ANSWER}'`,
      "{Content-Type: application/json, Content-Encoding: gzip}",
    ],
    ["{base64_string}", `{base64_string: ${Buffer.from(ANSWER).toString("base64")}}`],
  ])("gives a body that is %s", async (_, body, headers?: string) => {
    const { cassette } = await importBytes("x.yaml", answered(body, headers));
    const [made] = cassette.interactions;
    expect(bodyText(made as NonNullable<typeof made>)).toBe(ANSWER);
    expect(made?.response.headers?.map(([name]) => name.toLowerCase())).toEqual([
      "content-type",
      "content-length",
    ]);
  });

  it("may be gzip as a whole, JSON, empty, or a list", async () => {
    const text = readFileSync(`${FILES}/vcr-ruby.yml`);
    expect(exchangesOf(await importBytes("x.yaml.gz", gzipSync(text)))).toEqual(["POST /v1/embeddings 200"]);
    const request = { method: "GET", uri: "https://x.example/v1/models", headers: {}, body: null };
    const response = { status: { code: 200, message: "OK" }, headers: {}, body: { string: "{}" } };
    const json = JSON.stringify({ version: 1, interactions: [{ request, response }] });
    expect(exchangesOf(await importBytes("x.json", json))).toEqual(["GET /v1/models 200"]);
    const list =
      "- request:\n    method: GET\n    uri: http://x/v1/models\n  response:\n    status: 200\n    body: x\n";
    expect(exchangesOf(await importBytes("x.yaml", list))).toEqual(["GET /v1/models 200"]);
    expect((await importBytes("x.yaml", "interactions: []\nversion: 1\n")).cassette.interactions).toEqual([]);
  });

  it("with several hosts says so, and takes one with `host`", async () => {
    const second = answered("'{}'")
      .replace("interactions:\n", "")
      .replace("version: 1\n", "")
      .replace("x.example", "y.example:8443");
    const text = answered("'{}'").replace("version: 1\n", second);
    const both = await importBytes("x.yaml", text);
    expect(both.losses[1]).toContain("x.example (1), y.example:8443 (1)");
    const one = await importBytes("x.yaml", text, { host: "Y.example" });
    expect([one.cassette.interactions.length, one.skipped]).toEqual([1, { "another host": 1 }]);
  });

  it.each([
    ["its request has no http or https uri", "uri: 'https://x.example/v1/models'", "uri: models"],
    ["its request has no method", "method: GET", "method: 5"],
    ["its response has no status", "status: {code: 200, message: OK}", "status: {code: 0}"],
    ["its body is of a kind that is not known", "body: null", "body: {other: 1}"],
    [
      "the request's body can't be decoded: it does not decode as gzip",
      "body: null",
      `body: !!binary ${Buffer.from([0x1f, 0x8b, 8, 9, 9]).toString("base64")}`,
    ],
  ])("names the exchange of which %s", async (reason, from, to) => {
    const result = await importBytes("x.yaml", answered("'{}'").replace(from, to));
    expect(leftOutOf(result)).toEqual([[2, "/interactions/0", reason]]);
  });
});

describe("a YAML file made to harm", () => {
  const laughs = Array.from({ length: 12 }, (_, i) =>
    i === 0
      ? "a0: &a0 {x: lol}"
      : `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(", ")}]`,
  ).join("\n");
  it.each([
    ["grows by aliases", `${laughs}\ninteractions: *a11\n`, /aliases make it grow/],
    ["nests without end", `interactions:\n  ${"[".repeat(20_000)}`, /^x\.yaml(?::\d+)?: not YAML/],
    ["is not closed", 'interactions:\n- request: {uri: "http://x\n', /^x\.yaml:\d+: not YAML/],
    ["is larger than the limit", `interactions:\n${"#".repeat(25 << 20)}`, /has more than 24 MiB of YAML/],
  ])("and %s is refused in words", async (_, text, reason) => {
    const error = await importBytes("x.yaml", text).catch((thrown: unknown) => thrown);
    expect(String((error as Error).message)).toMatch(reason);
    expect((error as { code?: string }).code).toBe("import");
  });

  it("whose parsed body grows by one alias within the bounds is left out", async () => {
    const text = `big: &big '${"x".repeat(100_000)}'\n${answered("null").replace("body: null\n", `parsed_body: [${Array.from({ length: 300 }, () => "*big").join(", ")}]\n`)}`;
    const result = await importBytes("x.yaml", text);
    expect(leftOutOf(result)[0]?.[2]).toMatch(/larger than 16 MiB/);
  });
});
