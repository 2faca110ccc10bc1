import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { exchangesOf, importBytes } from "../../support/import.ts";

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const ZIPPED = gzipSync('{"object":"list","data":[1,2,3,4,5,6,7,8,9,10]}');
const HAR = {
  log: {
    version: "1.2",
    creator: { name: "Polly.JS", version: "6.0.6" },
    _recordingName: "chat",
    entries: [
      {
        _id: "4a",
        _order: 0,
        cache: {},
        request: {
          method: "GET",
          url: "https://api.openai.com/v1/models",
          headers: [],
          httpVersion: "HTTP/1.1",
        },
        response: {
          status: 200,
          headers: [{ name: "content-encoding", value: "gzip" }],
          content: {
            mimeType: "application/json",
            encoding: "base64",
            size: 47,
            // A compressed answer is a list of its chunks.
            text: JSON.stringify(
              [ZIPPED.subarray(0, 16), ZIPPED.subarray(16)].map((part) => part.toString("base64")),
            ),
          },
        },
      },
    ],
  },
};

describe("a file is known by its content, not by its name", () => {
  it.each([
    ["a HAR", "saved.txt", json(HAR)],
    [
      "a HAR in YAML",
      "recording.har.yaml",
      "log:\n  _recordingName: chat\n  creator:\n    name: Polly.JS\n  entries:\n    - request:\n        method: GET\n        url: http://x/v1/models\n        headers: []\n      response:\n        status: 200\n        headers: []\n        content:\n          text: >-\n            {}\n",
    ],
    ["a HAR whose log comes late", "har.json", json({ _: 1, ...HAR })],
    [
      "a VCR cassette",
      "x.har",
      "version: 1\ninteractions:\n- request: {method: GET, uri: 'http://x/v1/models'}\n  response: {status: 200, body: x}\n",
    ],
    [
      "JSON Lines",
      "x.txt",
      '{"name":"n","request":"GET /v1/models HTTP/1.1\\r\\n\\r\\n","response":{"base64":"SFRUUC8xLjEgMjAwIE9LDQoNCg=="}}',
    ],
    [
      "a nock recording",
      "x.yaml",
      json([{ scope: "https://x:443", method: "GET", path: "/v1/models", status: 200, response: {} }]),
    ],
  ])("%s named %s", async (_, name, text) => {
    expect(exchangesOf(await importBytes(name, text))).toEqual(["GET /v1/models 200"]);
  });

  it("and --from decides against it", async () => {
    await expect(importBytes("x.har", json(HAR), { from: "vcr" })).rejects.toThrow(/no VCR cassette/);
  });
});

describe("a file that can't be imported is named, with the way from it", () => {
  it.each<[what: string, text: string | Uint8Array, fix: RegExp]>([
    [
      "a Postman collection",
      json({
        info: { name: "c", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        item: [],
      }),
      /newman run/,
    ],
    [
      "a WireMock mapping",
      json({ mappings: [{ request: { urlPath: "/v1/models", method: "GET" }, response: { status: 200 } }] }),
      /gatetape record/,
    ],
    [
      "a WireMock mapping",
      json({ request: { url: "/v1/models" }, response: { status: 200 } }),
      /gatetape record/,
    ],
    ["a mitmproxy flow file", "2135:9:websocket;0:~8:response;1880:6:reason;2:OK,", /--set hardump=/],
    ["an Insomnia export", json({ _type: "export", __export_format: 4, resources: [] }), /gatetape record/],
    ["an Insomnia export", "type: collection.insomnia.rest/5.0\nname: x\n", /gatetape record/],
    ["an OpenAPI document", json({ openapi: "3.1.0", info: {}, paths: {} }), /gatetape spec import/],
    ["an OpenAPI document", "openapi: 3.1.0\ninfo: {}\n", /gatetape spec import/],
    [
      "an aimock fixture",
      json({ fixtures: [{ match: { userMessage: "hi" }, response: { content: "Hello" } }] }),
      /gatetape record/,
    ],
    [
      "a Hoverfly simulation",
      json({ data: { pairs: [] }, meta: { schemaVersion: "v5" } }),
      /gatetape record/,
    ],
    ["a Mockoon environment", json({ uuid: "u", routes: [] }), /gatetape record/],
    [
      "a MockServer expectation",
      json([{ httpRequest: { path: "/x" }, httpResponse: {} }]),
      /gatetape record/,
    ],
    [
      "a Charles session",
      json([{ status: "COMPLETE", scheme: "https", host: "x", protocolVersion: "HTTP/1.1" }]),
      /\.har/,
    ],
    ["a cassette already", json({ cassette: 1, about: {}, interactions: [] }), /gatetape mock/],
    [
      "a journal of gatetape",
      json({ at: "", request: {}, answer: {}, delivered: {} }).replaceAll("\n", ""),
      /gatetape check/,
    ],
    ["a Bruno request", "meta {\n  name: x\n}\n", /gatetape record/],
    ["raw HTTP", "POST /v1/chat/completions HTTP/1.1\r\n\r\n", /JSON Lines/],
    ["a HTML page", "<!DOCTYPE html>\n<p>", /network panel/],
    ["a packet capture", Buffer.from("\n\r\r\n\u001c\u0000", "latin1"), /gatetape record/],
    ["a Fiddler session archive", zipSync({ "raw/01_c.txt": new Uint8Array(3) }), /HTTPArchive/],
    ["a Playwright trace", zipSync({ "test.trace": new Uint8Array(3) }), /recordHar/],
    ["a zip archive without a .har", zipSync({ a: new Uint8Array(3) }), /unpack/],
    ["of no known format", "hello\n", /docs\/cassettes\.md/],
    ["of no known format", json({ a: 1 }), /docs\/cassettes\.md/],
    ["empty", " \n", /docs\/cassettes\.md/],
  ])("%s", async (what, content, fix) => {
    const error = await importBytes("x.bin", content).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "import", location: { file: "x.bin" } });
    expect((error as { reason: string }).reason).toContain(what);
    expect((error as { fix: string }).fix).toMatch(fix);
  });

  it("and broken JSON is told with its place", async () => {
    await expect(importBytes("x.json", '{\n "log": {\n')).rejects.toThrow(/^x\.json:\d+:\d+: not JSON/);
  });
});
