/** The mock as a Hono app: in process, inside another app, and served by node-server. */
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CassetteResponse, Interaction } from "../../src/cassette/format/types.ts";
import { honoPath } from "../../src/mock/app.ts";
import { type RunningMock, createMock, startMock } from "../../src/mock/mock.ts";
import { OGL_VERSIONS } from "../../src/openapi/document/versions.ts";
import { specOf } from "../../src/openapi/validate/validators.ts";
import { converse } from "../support/captures.ts";

const KEY = { authorization: "Bearer sk-a" };
const wants = (method: string, target: string): RequestInit & { target: string } => ({
  method,
  target,
  headers: KEY,
});
/** Of the last exchange; it is in the journal when its answer has been read. */
const lastOf = (mock: { journal: { lines(): Iterable<string> } }): { session: string; target: string } => {
  const { session, request } = JSON.parse([...mock.journal.lines()].at(-1) ?? "") as {
    session: string;
    request: { target: string };
  };
  return { session, target: request.target };
};

const chat = JSON.stringify({ model: "qwen3-coder", messages: [{ role: "user", content: "hi" }] });
const posts = (body: string): RequestInit => ({
  method: "POST",
  headers: { ...KEY, "content-type": "application/json" },
  body,
});

/** Plays a response to `GET /x`. */
function interaction(response: CassetteResponse): Interaction {
  return {
    name: "x",
    request: { method: "GET", target: "/x" },
    response,
    waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
  };
}

const plain = (more: Partial<CassetteResponse> = {}): CassetteResponse => ({
  status: 200,
  framing: "chunked",
  headers: [["transfer-encoding", null]],
  body: [{ text: "one" }],
  ...more,
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serveApp(app: Hono): Promise<number> {
  const server = await new Promise<ServerType>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started));
  });
  closers.push(() => new Promise((closed) => server.close(closed)));
  return (server.address() as AddressInfo).port;
}

/** One request over a socket, and all that came back until the answer was whole or the connection closed. */
async function over(port: number, line: string, closes = false): Promise<string> {
  const request = `${line} HTTP/1.1\r\nHost: localhost\r\nauthorization: Bearer sk-a\r\n\r\n`;
  return (await converse(port, Buffer.from(request), { closes })).bytes.toString("latin1");
}

const undated = (text: string): string => text.replace(/^date: .*$/im, "date: *");

describe("the route table", () => {
  it.each(OGL_VERSIONS)("has a Hono route for each operation of %s, which finds the same", (ogl) => {
    const { app } = createMock({ ogl, cassettes: [] });
    const { operations } = specOf(ogl);
    let count = 0;
    for (const route of operations.routes) {
      const path = route.template.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
        route.wide.includes(name) ? "org/a b" : "a b",
      );
      for (const [method, operation] of route.methods) {
        const [[handlers]] = [app.router.match(method, path)];
        expect(handlers[0]?.[0][1]).toMatchObject({ method, path: honoPath(route) });
        expect(operations.find(method, path)?.operation).toBe(operation);
        count++;
      }
    }
    expect(count).toBeGreaterThan(30);
  });
});

describe("in process", () => {
  const mock = createMock({ speed: Infinity });
  const { app } = mock;

  it("an operation is answered as over a socket", async () => {
    const answer = await app.request("/v1/models", { headers: KEY });
    expect([answer.status, answer.headers.get("server")]).toEqual([200, "uvicorn"]);
    expect(((await answer.json()) as { object: string }).object).toBe("list");
    const summary = await app.request("/v1/chat/completions", posts(chat));
    expect([summary.status, ((await summary.json()) as { object: string }).object]).toEqual([
      200,
      "chat.completion",
    ]);
  });

  it.each([
    ["GET", "/nope", 404, null, '{"detail":"Not Found"}'],
    ["POST", "/v1/models", 405, "GET", '{"detail":"Method Not Allowed"}'],
    ["HEAD", "/v1/models", 405, "GET", ""],
    ["HEAD", "/nope", 404, null, ""],
    ["GET", "/v1/models/org%2Fx", 404, null, '{"detail":"Model org/x not found."}'],
    ["GET", "/v1/models/org/x", 404, null, '{"detail":"Model org/x not found."}'],
    // A Request has no other path: nothing after it can know the one that was asked for.
    ["GET", "/v1/models/../admin", 404, null, '{"detail":"Not Found"}'],
  ])("%s %s is %d", async (method, target, status, allow, body) => {
    const answer = await app.request(target, wants(method, target));
    expect([answer.status, answer.headers.get("allow"), await answer.text()]).toEqual([status, allow, body]);
  });

  it("a session is named by the path", async () => {
    await (await app.request("/s/mine/v1/models", { headers: KEY })).text();
    expect(lastOf(mock)).toEqual({ session: "mine", target: "/v1/models" });
  });

  it("the control API is there", async () => {
    const answer = await app.request("/__gatetape/journal", { method: "DELETE" });
    expect(answer.status).toBe(204);
    expect([...mock.journal.lines()]).toEqual([]);
    const foreign = { headers: { host: "evil.example" } };
    expect((await app.request("/__gatetape", foreign)).status).toBe(403);
    expect((await app.request("http://evil.example/__gatetape")).status).toBe(403);
  });
});

describe("inside another app", () => {
  const mock = createMock({ speed: Infinity });
  const outer = new Hono();
  outer.use("/gw/*", async (c, next) => {
    if (c.req.method === "POST") await c.req.text();
    await next();
    c.header("x-outer", "1");
  });
  outer.get("/own", (c) => c.text("mine"));
  outer.route("/gw", mock.app);
  outer.route("/of/:tenant", mock.app);
  outer.mount("/mounted", mock.app.fetch);

  it.each([
    ["/gw/v1/models", "", "/v1/models"],
    ["/gw/s/a/v1/models?limit=1", "a", "/v1/models?limit=1"],
    ["/of/acme/v1/models", "", "/v1/models"],
    ["/mounted/v1/models", "", "/v1/models"],
  ])("%s is the mock's own path without the base", async (path, session, target) => {
    const answer = await outer.request(path, { headers: KEY });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('"object":"list"')]);
    expect(lastOf(mock)).toEqual({ session, target });
  });

  it("its middleware may read a request and change an answer, and its own routes stay", async () => {
    const answer = await outer.request("/gw/v1/chat/completions", posts(chat));
    expect([answer.status, answer.headers.get("x-outer")]).toEqual([200, "1"]);
    expect(await (await outer.request("/own")).text()).toBe("mine");
  });

  it.each([
    ["HEAD", "/gw/v1/models", 405, ""],
    ["GET", "/gw/nope", 404, '{"detail":"Not Found"}'],
    ["GET", "/gw", 404, '{"detail":"Not Found"}'],
    ["DELETE", "/gw/__gatetape/interactions", 204, ""],
  ])("%s %s is %d", async (method, path, status, body) => {
    const answer = await outer.request(path, wants(method, path));
    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  it("over a socket the target is read as it came, and HEAD and middleware work", async () => {
    const port = await serveApp(outer);
    const answer = await over(port, "GET /gw/v1/models/../admin");
    expect(answer).toContain('{"detail":"Model ../admin not found."}');
    expect(answer).toContain("x-outer: 1");
    expect(lastOf(mock).target).toBe("/v1/models/../admin");
    expect(await over(port, "HEAD /gw/v1/models")).toMatch(/^HTTP\/1\.1 405 [^]*allow: GET[^]*\r\n\r\n$/);
    expect(await over(port, "GET /mounted/v1/models/x")).toContain('{"detail":"Model x not found."}');
  });
});

describe("served by node-server", () => {
  let direct: RunningMock;
  const mock = createMock({ speed: Infinity });
  beforeAll(async () => {
    direct = await startMock({ speed: Infinity });
  });
  afterAll(() => direct.close());

  it.each(["GET /v1/models", "HEAD /v1/models", "GET /v1/models/../admin", "POST /v1/models", "GET /nope"])(
    "%s has the bytes of the mock's own socket",
    async (line) => {
      const answer = await over(await serveApp(mock.app), line);
      expect(undated(answer)).toBe(undated(await over(direct.port, line)));
      expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /);
    },
  );

  it("a client library works with it", async () => {
    const baseURL = `http://127.0.0.1:${await serveApp(mock.app)}/v1`;
    const client = new OpenAI({ baseURL, apiKey: "sk-a", maxRetries: 0 });
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
    const stream = await client.chat.completions.create({
      model: "qwen3-coder",
      messages: [{ role: "user", content: "hi" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).not.toBe("");
  });

  it("a reset reaches the client", async () => {
    const id = mock.stubs.add([interaction(plain({ end: { how: "reset" } }))]);
    closers.push(() => mock.stubs.remove(id));
    await expect(over(await serveApp(mock.app), "GET /x", true)).rejects.toThrow(/ECONNRESET/);
  });

  it("the control API is there", async () => {
    const answer = await fetch(`http://127.0.0.1:${await serveApp(mock.app)}/__gatetape`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
  });
});

/** What the mock's own socket sends, and what it sends through Hono. */
async function both(response: CassetteResponse, closes = false): Promise<[direct: string, hono: string]> {
  const answer = async (direct: boolean): Promise<string> => {
    const mock = await startMock({ cassettes: [], world: "off", policy: "observe", direct });
    closers.push(() => mock.close());
    mock.stubs.add([interaction(response)]);
    return await over(mock.port, "GET /x", closes).catch(String);
  };
  // One after the other: Node ends a connection before it resets it, and a client that reads in between sees the end.
  return [await answer(true), await answer(false)];
}

describe("a Response can't express", () => {
  it("a reset: the client sees a connection that is closed before the body's end", async () => {
    const [direct, hono] = await both(plain({ end: { how: "reset" } }), true);
    expect(direct).toContain("ECONNRESET");
    expect(hono).toMatch(/^HTTP\/1\.1 200 /);
    expect(hono).not.toMatch(/\r\n0\r\n/);
  });

  it("a connection that closes before any head", async () => {
    const [direct, hono] = await both({ end: { how: "truncate" } }, true);
    expect(direct).toBe("");
    expect(hono).toMatch(/^HTTP\/1\.1 500 [^]*"gatetape: not without a socket: /);
  });

  it.each<[string, Partial<CassetteResponse>, RegExp]>([
    [
      "the case of header names",
      {
        headers: [
          ["X-Case", "a"],
          ["transfer-encoding", null],
        ],
      },
      /^X-Case: a\r$/m,
    ],
    ["interim responses", { informational: [{ status: 103 }] }, /^HTTP\/1\.1 103 /],
    ["trailers", { trailers: [["x-sum", "1"]] }, /\r\n0\r\nx-sum: 1\r\n\r\n$/],
    ["the version", { http: "1.0", framing: "eof", headers: [] }, /^HTTP\/1\.0 200 /],
  ])("%s", async (_, more, expected) => {
    const [direct, hono] = await both(plain(more), more.http === "1.0");
    expect(direct).toMatch(expected);
    expect(hono).not.toMatch(expected);
    expect(hono).toMatch(/^HTTP\/1\.1 200 [^]*one/);
  });
});
