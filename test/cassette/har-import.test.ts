/** HARs of browsers and other tools, imported. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CassetteError } from "../../src/cassette/format/cassette-error.ts";
import { printCassette } from "../../src/cassette/format/print.ts";
import { type Json, bytesOf, imported, only, writesOf } from "./hars.ts";

const KEY = "sk-proj-Abcdef0123456789Abcdef0123456789";
const ASK = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true });
const chunk = (content: string): string =>
  JSON.stringify({
    id: "c-1",
    object: "chat.completion.chunk",
    created: 1760000000,
    model: "m",
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  });
const STREAM = `data: ${chunk("Hé")}\n\ndata: ${chunk("llo")}\n\ndata: [DONE]\n\n`;
const pairs = (...list: [string, string][]): Json[] => list.map(([name, value]) => ({ name, value }));
const harOf = (...entries: Json[]): Json => ({
  log: { version: "1.2", creator: { name: "WebInspector", version: "537.36" }, entries },
});

/** As Chrome's network panel saves it: HTTP/2, decoded body, content-encoding still there. */
const chrome = (more: { request?: Json; response?: Json; entry?: Json } = {}): Json => ({
  _initiator: { type: "script" },
  _priority: "High",
  _resourceType: "fetch",
  cache: {},
  connection: "443",
  request: {
    method: "POST",
    url: "https://llm.example.org/v1/chat/completions",
    httpVersion: "http/2.0",
    headers: pairs(
      [":authority", "llm.example.org"],
      [":method", "POST"],
      ["authorization", `Bearer ${KEY}`],
      ["content-length", "99"],
      ["content-type", "application/json"],
      ["cookie", "session=abcdef"],
    ),
    queryString: [],
    cookies: [{ name: "session", value: "abcdef" }],
    headersSize: -1,
    bodySize: ASK.length,
    postData: { mimeType: "application/json", text: ASK },
    ...more.request,
  },
  response: {
    status: 200,
    statusText: "",
    httpVersion: "http/2.0",
    headers: pairs(
      [":status", "200"],
      ["content-encoding", "br"],
      ["content-type", "text/event-stream; charset=utf-8"],
      ["set-cookie", "a=1\nb=2"],
    ),
    cookies: [],
    content: { size: Buffer.byteLength(STREAM), mimeType: "text/event-stream", text: STREAM },
    redirectURL: "",
    headersSize: -1,
    bodySize: -1,
    _transferSize: 300,
    _error: null,
    ...more.response,
  },
  serverIPAddress: "203.0.113.7",
  startedDateTime: "2026-11-20T10:00:00.000Z",
  time: 400,
  timings: { blocked: 5, dns: 10, ssl: 20, connect: 30, send: 0.5, wait: 120, receive: 200 },
  ...more.entry,
});

describe("import of what Chrome saved", () => {
  it("adjusts HTTP/2 and the lost encoding, says so, and makes one write an event", async () => {
    const har = await imported(harOf(chrome()));
    const { name, request, response } = only(har);
    expect(name).toBe("POST /v1/chat/completions");
    expect(request.headers).toEqual([
      ["authorization", "Bearer sk-1"],
      ["content-type", "application/json"],
      ["cookie", "cookie-1"],
    ]);
    expect(request.json).toEqual(JSON.parse(ASK));
    expect(response).toMatchObject({ wait: 121, status: 200, framing: "chunked", end: { how: "complete" } });
    expect(response.headers).toEqual([
      ["content-type", "text/event-stream; charset=utf-8"],
      ["set-cookie", "cookie-2"],
      ["set-cookie", "cookie-3"],
      ["Transfer-Encoding", null],
    ]);
    expect(response.body).toEqual([
      { wait: 0, sse: JSON.parse(chunk("Hé")) as unknown },
      { wait: 0, sse: JSON.parse(chunk("llo")) as unknown },
      { wait: 0, sse: "[DONE]" },
    ]);
    expect(har.adjusted.map(({ what }) => what).toSorted()).toEqual([
      "Transfer-Encoding added: nothing framed the body, as in HTTP/2",
      "content-encoding br left out: the response's body was saved decoded",
      "request headers of HTTP/2 left out: :authority, :method",
      "response header set-cookie: 2 lines became headers of their own",
      "response headers of HTTP/2 left out: :status",
    ]);
    expect(har.cassette.about).toEqual({
      title: "t",
      origin: "derived",
      ogl: "0.4.5",
      derivedBy: "gatetape cassette import, of a HAR by WebInspector 537.36",
      sanitized: ["authorization", "cookie"],
    });
    expect(printCassette(har.cassette)).not.toMatch(/Abcdef|session=/);
  });

  const start = Date.parse("2026-11-20T10:00:00.000Z") / 1000 + 0.045;
  const messages = [0.1205, 0.2, 0.35].map((at, i) => ({
    time: start + at,
    eventName: "message",
    eventId: "",
    data: STREAM.split("\n\n")[i]?.slice("data: ".length),
  }));

  it("takes the times of the events where the browser kept them", async () => {
    const har = await imported(harOf(chrome({ entry: { _eventSourceMessages: messages } })));
    expect(writesOf(only(har)).map(([wait]) => wait)).toEqual([0, 79, 150]);
  });

  it("leaves times aside that are not those of the body's events", async () => {
    const har = await imported(harOf(chrome({ entry: { _eventSourceMessages: messages.slice(1) } })));
    expect(writesOf(only(har)).map(([wait]) => wait)).toEqual([0, 0, 0]);
    expect(har.adjusted.map(({ what }) => what)).toContainEqual(
      expect.stringContaining("event messages left aside"),
    );
  });

  it("puts a stream together from its events where the body was not kept", async () => {
    const content = { size: 0, mimeType: "text/event-stream" };
    const har = await imported(
      harOf(chrome({ response: { content }, entry: { _eventSourceMessages: messages } })),
    );
    expect(bytesOf(only(har))).toBe(STREAM);
    expect(har.adjusted.map(({ what }) => what)).toContainEqual(expect.stringContaining("put together"));
  });

  it("lets a stream break off where the browser says that it did", async () => {
    const text = STREAM.slice(0, STREAM.indexOf("[DONE]"));
    const har = await imported(
      harOf(chrome({ response: { content: { size: 1, mimeType: "", text }, _error: "net::ERR_ABORTED" } })),
    );
    expect(only(har).response.end?.how).toBe("truncate");
    expect(bytesOf(only(har))).toBe(text);
  });
});

describe("import of what other tools saved", () => {
  const models = '{"object":"list","data":[]}';
  const get = (response: Json, request: Json = {}, entry: Json = {}): Json => ({
    startedDateTime: "2026-11-20T10:00:00.000+01:00",
    request: {
      method: "GET",
      url: "http://gw.example.org:8000/v1/models",
      httpVersion: "HTTP/1.1",
      ...request,
    },
    response: {
      status: 200,
      statusText: "OK",
      httpVersion: "HTTP/1.1",
      headers: pairs(["content-length", String(models.length)], ["content-type", "application/json"]),
      content: { mimeType: "application/json", text: models },
      ...response,
    },
    ...entry,
  });

  it("keeps what fits: HTTP/1.1 of mitmproxy with its own content-length, times missing", async () => {
    const har = await imported(harOf(get({})));
    expect(har.adjusted).toEqual([]);
    expect(har.host).toBe("gw.example.org:8000");
    expect(only(har).response).toMatchObject({
      wait: 0,
      framing: "length",
      headers: [
        ["content-length", null],
        ["content-type", "application/json"],
      ],
      body: [{ wait: 0, json: { object: "list", data: [] } }],
    });
  });

  it("reads base64, and gzip that a proxy left in it, and corrects the length", async () => {
    const headers = pairs(
      ["content-length", "31"],
      ["content-encoding", "gzip"],
      ["content-type", "application/json"],
    );
    for (const bytes of [Buffer.from(models), gzipSync(models)]) {
      const content = { size: 1, mimeType: "", encoding: "base64", text: bytes.toString("base64") };
      const har = await imported(harOf(get({ headers, content })));
      expect(bytesOf(only(har))).toBe(models);
      expect(only(har).response.headers).toEqual([
        ["content-length", null],
        ["content-type", "application/json"],
      ]);
      expect(har.adjusted.map(({ what }) => what)).toContain(
        `content-length 31 became that of the body in the file, ${models.length}`,
      );
    }
  });

  it("reads Firefox's forms, of fields and of parts", async () => {
    const fields = [{ name: "a b", value: "é" }];
    const url = "http://gw.example.org:8000/v1/x";
    const form = { mimeType: "application/x-www-form-urlencoded", params: fields };
    const parts = {
      mimeType: "multipart/form-data; boundary=x",
      params: [{ name: "f", fileName: "a.txt", contentType: "text/plain", value: "hi" }],
    };
    const answer = { status: 404, content: { mimeType: "", text: "" }, headers: [] };
    const har = await imported(
      harOf(
        get(answer, { method: "POST", url, postData: form }),
        get(answer, {
          method: "PUT",
          url,
          postData: parts,
          headers: pairs(["Content-Type", "multipart/form-data; boundary=x"]),
        }),
      ),
    );
    expect(har.cassette.interactions.map(({ request }) => request.text ?? request.form)).toEqual([
      "a+b=%C3%A9",
      [{ name: "f", filename: "a.txt", contentType: "text/plain", text: "hi" }],
    ]);
  });

  it("has no body where there can't be one, whatever the HAR holds", async () => {
    const har = await imported(
      harOf(
        get({ headers: pairs(["content-length", "27"]) }, { method: "HEAD" }),
        get({ status: 304, statusText: "Not Modified" }),
        get({ status: 204, headers: pairs(["transfer-encoding", "chunked"]) }, { method: "DELETE" }),
      ),
    );
    expect(har.cassette.interactions.map(({ response }) => [response.body, response.headers])).toEqual([
      [undefined, [["content-length", "27"]]],
      [
        undefined,
        [
          ["content-length", String(models.length)],
          ["content-type", "application/json"],
        ],
      ],
      [undefined, []],
    ]);
  });

  it("counts what it leaves out", async () => {
    const har = await imported(
      harOf(
        get({}),
        get({}),
        get(
          { status: 0, headers: [], content: { size: 0, mimeType: "x-unknown" } },
          { url: "http://gw.example.org:8000/v1/a" },
        ),
        { startedDateTime: "", request: { method: "GET", url: "http://gw.example.org:8000/v1/b" } },
        get({ content: { size: 27, mimeType: "" } }, { url: "http://gw.example.org:8000/v1/c" }),
        get({}, { url: "https://fonts.example.net/a.css" }),
        get({}, { url: "data:text/plain,x" }),
        get({}, { url: "wss://gw.example.org/v1/ws" }),
      ),
    );
    only(har);
    expect(har.skipped).toEqual({
      "no HTTP": 2,
      "another host": 1,
      "the same again": 1,
    });
    expect(har.leftOut.map(({ location: { pointer, line }, reason }) => [pointer, line, reason])).toEqual([
      ["/log/entries/2/response/status", 1, "has no response"],
      ["/log/entries/3/response/status", 1, "has no response"],
      ["/log/entries/4/response/content", 1, "the response was saved without its body"],
    ]);
  });

  it("plays answers to one request that differ in sequence", async () => {
    const other = { content: { mimeType: "", text: '{"object":"list","data":[ ]}' } };
    const har = await imported(harOf(get({}), get({}), get(other)));
    expect(har.cassette.interactions.map(({ name, match }) => [name, match])).toEqual([
      ["GET /v1/models", { play: "sequence" }],
      ["GET /v1/models 2", { play: "sequence" }],
      ["GET /v1/models 3", { play: "sequence" }],
    ]);
  });

  it("replaces secrets in URLs, bodies and headers, one pseudonym for one value", async () => {
    const mail = "jeanne.martin@corp.fr";
    const url = `http://gw.example.org:8000/v1/models?user=${encodeURIComponent(mail)}`;
    const text = JSON.stringify({ object: "list", data: [], by: mail, note: `\n${KEY}` });
    const har = await imported(
      harOf(
        get(
          { content: { mimeType: "", text } },
          { url, headers: pairs(["X-Api-Key", KEY], ["x-user", mail]) },
        ),
      ),
    );
    const printed = printCassette(har.cassette);
    expect(printed).not.toMatch(/jeanne|corp\.fr|Abcdef/);
    const { request, response } = only(har);
    expect(request.target).toBe("/v1/models?user=user-1@example.org");
    expect(request.headers).toEqual([
      ["X-Api-Key", "sk-1"],
      ["x-user", "user-1@example.org"],
    ]);
    expect(response.body?.[0]?.json).toMatchObject({ by: "user-1@example.org", note: "\nsk-1" });
  });

  it("takes the host that is asked for", async () => {
    const har = harOf(
      get({}),
      get({}, { url: "http://other.example.org/v1/models" }),
      get({}, { url: "http://other.example.org/v1/models?x" }),
    );
    expect((await imported(har)).host).toBe("other.example.org");
    expect((await imported(har, { host: "GW.example.org" })).host).toBe("gw.example.org:8000");
  });

  it.each<[string, unknown, string | undefined, RegExp, object]>([
    ["no JSON", "{", undefined, /not JSON/, { line: 1 }],
    ["no HAR", { a: 1 }, undefined, /no list log\.entries/, { pointer: "/log/entries" }],
    ["no entries", harOf(), undefined, /no HTTP request/, { pointer: "/log/entries" }],
    [
      "a host that is not there",
      harOf(get({})),
      "x.org",
      /no request went to x\.org[\s\S]*gw\.example\.org:8000 \(1\)/,
      {},
    ],
    [
      "two hosts alike",
      harOf(get({}), get({}, { url: "http://b.org/v1/models" })),
      undefined,
      /equally many/,
      {},
    ],
  ])("refuses %s, with its place and a fix", async (_, har, host, says, location) => {
    const error = await imported(har, host === undefined ? {} : { host }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CassetteError);
    expect((error as CassetteError).message).toMatch(says);
    expect((error as CassetteError).message).toMatch(/^x\.har:\d+:\d+.*\n {2}fix: ./s);
    expect((error as CassetteError).location).toMatchObject(location);
  });

  const bad = (change: (entry: Json) => void): Json => {
    const entry = structuredClone(get({}));
    change(entry);
    return harOf(get({}), entry);
  };
  it.each<[string, unknown, RegExp, object]>([
    [
      "no URL",
      bad((entry) => delete (entry["request"] as Json)["url"]),
      /no request\.url/,
      { pointer: "/log/entries/1/request/url" },
    ],
    [
      "no base64",
      bad((entry) =>
        Object.assign((entry["response"] as Json)["content"] as Json, { encoding: "base64", text: "é" }),
      ),
      /is not base64/,
      { pointer: "/log/entries/1/response/content/text" },
    ],
    [
      "an interaction that is none",
      bad((entry) => Object.assign(entry, { _gatetape: { interaction: { name: "n" } } })),
      /no interaction/,
      { pointer: "/log/entries/1/_gatetape/interaction" },
    ],
  ])(
    "leaves out %s, with its location and a fix, and imports the other",
    async (_, har, reason, location) => {
      const { cassette, leftOut } = await imported(har);
      expect(cassette.interactions).toHaveLength(1);
      expect(leftOut).toHaveLength(1);
      expect(leftOut[0]?.message).toMatch(reason);
      expect(leftOut[0]?.message).toMatch(/^x\.har:\d+:\d+.*\n {2}fix: ./s);
      expect(leftOut[0]?.location).toMatchObject(location);
    },
  );

  it("writes a target as it can go over the wire", async () => {
    const url = "http://u:p@gw.example.org:8000/v1/models/é ü?q=%C3%A9#top";
    expect(only(await imported(harOf(get({}, { url })))).request.target).toBe(
      "/v1/models/%C3%A9%20%C3%BC?q=%C3%A9",
    );
  });

  it("reads a file that begins with a BOM", async () => {
    expect((await imported(`\ufeff${JSON.stringify(harOf(get({})))}`)).cassette.interactions).toHaveLength(1);
  });
});
