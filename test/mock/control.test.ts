import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { request as httpRequest } from "node:http";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";

let mock: RunningMock;
beforeEach(async () => {
  mock = await startMock({ speed: Infinity });
});
afterEach(() => mock.close());

const control = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${mock.url}/__gatetape${path}`, init);
const post = (path: string, json: unknown): Promise<Response> =>
  control(path, { method: "POST", body: JSON.stringify(json) });
const health = async (session?: string): Promise<unknown> =>
  (await fetch(session === undefined ? `${mock.url}/health` : `${mock.url}/s/${session}/health`)).json();
const stub = (status: string, play?: string): object => ({
  name: `health is ${status}`,
  request: { method: "GET", target: "/health" },
  ...(play ? { match: { play } } : {}),
  response: {
    status: 200,
    framing: "length",
    headers: [
      ["content-length", null],
      ["content-type", "application/json"],
    ],
    body: [{ json: { status } }],
  },
});

/** A request whose Host and Origin are what the test says; fetch does not allow that. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${mock.url}/__gatetape`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", reject).end();
  });
}

describe("interactions added at run time", () => {
  it("answer before those that are loaded, the newest first, until they are removed", async () => {
    expect(await health()).toEqual({ status: "ok" });
    const { id: first } = (await (await post("/interactions", stub("a"))).json()) as { id: number };
    const second = await post("/interactions", [stub("b")]);
    expect([second.status, await health()]).toEqual([201, { status: "b" }]);
    const { id } = (await second.json()) as { id: number };
    expect((await control(`/interactions/${id}`, { method: "DELETE" })).status).toBe(204);
    expect(await health()).toEqual({ status: "a" });
    expect((await control(`/interactions/${first}`, { method: "DELETE" })).status).toBe(204);
    expect(await health()).toEqual({ status: "ok" });
    expect((await control(`/interactions/${first}`, { method: "DELETE" })).status).toBe(404);
  });

  it("are listed beside what is loaded, and removed all at once", async () => {
    await post("/interactions?session=s", stub("a"));
    const list = (await (await control("/interactions")).json()) as { loaded: object[]; added: object[] };
    expect(list.loaded).toHaveLength(mock.library.entries.length);
    expect(list.loaded[0]).toMatchObject({
      name: expect.any(String) as string,
      origin: "derived",
      operation: expect.any(String) as string,
    });
    expect(list.added).toEqual([
      { id: 1, session: "s", name: "health is a", method: "GET", target: "/health", status: 200 },
    ]);
    await control("/interactions", { method: "DELETE" });
    expect(await (await control("/interactions")).json()).toMatchObject({ added: [] });
  });

  it("can be for one session alone, and go with its reset", async () => {
    await post("/interactions?session=one", stub("a"));
    expect([await health("one"), await health("two"), await health()]).toEqual([
      { status: "a" },
      { status: "ok" },
      { status: "ok" },
    ]);
    expect((await control("/sessions/one/reset", { method: "POST" })).status).toBe(204);
    expect(await health("one")).toEqual({ status: "ok" });
  });

  it("keep to `play`, and a session's reset starts their sequence again", async () => {
    await post("/interactions", [stub("first", "sequence"), stub("second", "sequence")]);
    expect([await health("s"), await health("s"), await health("s")]).toEqual([
      { status: "first" },
      { status: "second" },
      { status: "ok" },
    ]);
    await control("/sessions/s/reset", { method: "POST" });
    expect(await health("s")).toEqual({ status: "first" });
  });

  it.each([
    ["no JSON", "{", /not JSON/],
    [
      "a member that the format does not have",
      JSON.stringify({ ...stub("a"), nmae: 1 }),
      /unknown member "nmae"/,
    ],
    [
      "an answer against the OpenAPI",
      JSON.stringify({ ...stub("a"), request: { method: "GET", target: "/v1/models" } }),
      /required property 'data'/,
    ],
    ["a secret", JSON.stringify(stub("sk-0123456789abcdef0123")), /API key .* in the clear/],
    [
      "a side file",
      JSON.stringify({
        ...stub("a"),
        response: {
          status: 200,
          framing: "length",
          headers: [["content-length", null]],
          body: [{ file: "a".repeat(64) }],
        },
      }),
      /side file/,
    ],
  ])("are refused with pointer, reason and fix: %s", async (_, body, reason) => {
    const response = await control("/interactions", { method: "POST", body });
    const { problems } = (await response.json()) as { problems: { reason: string; fix: string }[] };
    expect(response.status).toBe(400);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.fix).toMatch(/\w/);
    expect(await health()).toEqual({ status: "ok" });
  });
});

describe("the journal over the control API", () => {
  const ask = (session: string): Promise<Response> =>
    fetch(`${mock.url}/s/${session}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-verysecret0123456789", "content-type": "application/json" },
      body: JSON.stringify({
        model: null,
        messages: [{ role: "user", content: "I am jane@mail.example.com" }],
      }),
    });

  it("is JSON Lines with findings, what was sent and what was delivered, and without secrets", async () => {
    await (await ask("s")).text();
    const response = await control("/journal");
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const text = await response.text();
    const [entry] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(entry).toMatchObject({
      id: 1,
      session: "s",
      operation: "chat.create",
      request: {
        method: "POST",
        target: "/v1/chat/completions",
        body: expect.stringContaining("user-1@example.org") as string,
      },
      findings: [{ code: "schema", part: "body", pointer: "/model" }],
      answer: { by: { kind: "ogl", refused: 422 }, status: 422 },
      delivered: { ended: "complete", writes: 1 },
    });
    expect(text).not.toMatch(/verysecret|jane@/);
    expect(text).toContain('"authorization","Bearer sk-1"');
  });

  it("can be asked for one session, from one line on, and emptied", async () => {
    for (const session of ["a", "b", "a"]) await (await ask(session)).text();
    const ids = async (query: string): Promise<number[]> =>
      (await (await control(`/journal${query}`)).text())
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => (JSON.parse(line) as { id: number }).id);
    expect([
      await ids(""),
      await ids("?session=a"),
      await ids("?after=1"),
      await ids("?session=a&after=1"),
    ]).toEqual([[1, 2, 3], [1, 3], [2, 3], [3]]);
    expect((await control("/journal?after=x")).status).toBe(400);
    await control("/journal", { method: "DELETE" });
    expect(await ids("")).toEqual([]);
  });

  it("is live as server-sent events: first what was, then what comes", async () => {
    await (await ask("s")).text();
    const aborter = new AbortController();
    const response = await control("/journal", {
      headers: { accept: "text/event-stream" },
      signal: aborter.signal,
    });
    const reader = (response.body as ReadableStream<Uint8Array>)
      .pipeThrough(new TextDecoderStream() as never)
      .getReader() as ReadableStreamDefaultReader<string>;
    let text = "";
    const until = async (count: number): Promise<void> => {
      while (text.split("\n\n").length - 1 < count) text += (await reader.read()).value ?? "";
    };
    await until(1);
    await (await ask("t")).text();
    await until(2);
    aborter.abort();
    expect(text.match(/^data: \{"id":(\d+)/gm)).toEqual(['data: {"id":1', 'data: {"id":2']);
  });
});

describe("who may reach the control API", () => {
  it("programs on this machine", async () => {
    expect(await statusWith({})).toBe(200);
    expect(await statusWith({ host: `localhost:${mock.port}` })).toBe(200);
    expect(await statusWith({ host: "[::1]:4010" })).toBe(200);
    expect(await statusWith({ origin: mock.url })).toBe(200);
  });

  it("no page of another site, also not by a name that leads here", async () => {
    expect(await statusWith({ host: "evil.example" })).toBe(403);
    expect(await statusWith({ host: "127.0.0.1.evil.example" })).toBe(403);
    expect(await statusWith({ origin: "https://evil.example" })).toBe(403);
    expect(await statusWith({ origin: "null" })).toBe(403);
  });

  it("names that were allowed", async () => {
    const open = await startMock({ cassettes: [], allowedHosts: ["OGL.internal"] });
    const closed = mock;
    mock = open;
    expect(await statusWith({ host: "ogl.internal:80" })).toBe(200);
    mock = closed;
    await open.close();
  });

  it("is told what there is, and what there is not", async () => {
    expect(await (await control("")).json()).toMatchObject({
      routes: { "GET /__gatetape/journal": expect.any(String) as string },
    });
    expect((await control("/nope")).status).toBe(404);
  });
});
