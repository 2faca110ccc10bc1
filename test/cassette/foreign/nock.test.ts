import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync } from "node:zlib";
import nock from "nock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bodyText, exchangesOf, importBytes, leftOutOf } from "../../support/import.ts";

const STREAM = "data: a\n\ndata: [DONE]\n\n";
const server = createServer((request, response) => {
  request.resume();
  if (request.url === "/v1/stream")
    response.writeHead(200, { "content-type": "text/event-stream" }).end(STREAM);
  else if (request.url === "/v1/coded")
    response
      .writeHead(200, { "content-type": "application/json", "content-encoding": "br" })
      .end(brotliCompressSync('{"coded":true}'));
  else if (request.url === "/v1/bytes")
    response.writeHead(200, { "content-type": "audio/mpeg" }).end(Buffer.from([0xff, 0xfb, 0, 1]));
  else
    response
      .writeHead(201, { "content-type": "application/json", "x-id": ["1", "2"] })
      .end('{"object":"list","data":[0.5]}');
});
let base = "";
beforeAll(async () => {
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  nock.recorder.clear();
  nock.restore();
  server.close();
});

describe("what nock's own recorder wrote", () => {
  it("is imported with its bodies in any spelling", async () => {
    nock.recorder.rec({ output_objects: true, dont_print: true, enable_reqheaders_recording: true });
    const headers = { "content-type": "application/json" };
    for (const path of ["models", "stream", "coded", "bytes"])
      await (
        await fetch(`${base}/v1/${path}`, { method: "POST", headers, body: '{"model":"m"}' })
      ).arrayBuffer();
    const recorded = nock.recorder.play();
    nock.restore();
    const result = await importBytes("nock.json", JSON.stringify(recorded));
    expect(exchangesOf(result)).toEqual([
      "POST /v1/models 201",
      "POST /v1/stream 200",
      "POST /v1/coded 200",
      "POST /v1/bytes 200",
    ]);
    expect(result.cassette.interactions.map((one) => bodyText(one)).slice(0, 3)).toEqual([
      '{"object":"list","data":[0.5]}',
      STREAM,
      '{"coded":true}',
    ]);
    const [models, , , bytes] = result.cassette.interactions;
    expect(models?.request.json).toEqual({ model: "m" });
    expect(bytes?.response.body).toMatchObject([{ hex: "fffb0001" }]);
    expect(result.losses.join()).toContain("neither times");
  });

  it("names what is a pattern, not an exchange", async () => {
    const text = JSON.stringify([
      { scope: "https://x:443", method: "GET", path: "/v1/a", status: 200, response: "ok" },
      { scope: "/x/", method: "GET", path: "/v1/b", status: 200 },
      { scope: "https://x:443", method: "GET", path: "/v1/c", status: 99 },
    ]);
    const result = await importBytes("nock.json", text);
    expect(exchangesOf(result)).toEqual(["GET /v1/a 200"]);
    expect(leftOutOf(result).map(([, pointer, reason]) => [pointer, reason])).toEqual([
      ["/1", "has no http or https scope with a path"],
      ["/2", "has no status"],
    ]);
  });
});
