/** The log of `gatetape mock`: reasons, secrets, control characters, and readers that are slow or leave. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ready, type Served, ready, serve, serveProcess } from "../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

const world = join(folder, "world.json");
writeFileSync(
  world,
  JSON.stringify({
    models: [
      { id: "chat-one", type: "text-generation" },
      { id: "chat-two", type: "text-generation" },
      { id: "embed", type: "text-embeddings-inference" },
    ],
    keys: [
      { key: "sk-good" },
      { key: "sk-two", limits: [{ model: "chat-one", type: "rpm", value: 2 }] },
      { key: "sk-none", limits: [{ model: "chat-one", type: "rpm", value: 0 }] },
    ],
  }),
);

interface Ask {
  readonly path: string;
  readonly method?: string;
  readonly key?: string;
  readonly body?: unknown;
}

async function ask(url: string, { path, method = "POST", key = "sk-good", body }: Ask): Promise<void> {
  const response = await fetch(url + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(key === "" ? {} : { authorization: key.includes(" ") ? key : `Bearer ${key}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  await response.text();
}

const CHAT = "/v1/chat/completions";
const hello = [{ role: "user", content: "hello" }];

describe("the mock's log", () => {
  let mock: Served;
  let url: string;
  beforeAll(async () => {
    mock = serve(["mock", "--port", "0", "--world", world, "--cassettes", "none"]);
    const line = await mock.line((text) => text.startsWith("gatetape mock"));
    url = /http:\S+/.exec(line)?.[0] ?? "";
  });
  afterAll(() => mock.stop());

  it.each<[string, Ask, RegExp]>([
    [
      "an unknown model",
      { path: CHAT, body: { model: "gpt-4o", messages: hello } },
      /-> 404 Model not found: "gpt-4o"; there are chat-one, chat-two \d+ ms$/,
    ],
    [
      "a model that is nearly right",
      { path: CHAT, body: { model: "chat-tow", messages: hello } },
      /there are chat-two, chat-one /,
    ],
    [
      "a model of another type",
      { path: "/v1/embeddings", body: { model: "chat-one", input: "x" } },
      /-> 422 Wrong model type: "chat-one" is of type text-generation, not text-embeddings-inference /,
    ],
    [
      "a missing field",
      { path: CHAT, body: { model: "chat-one" } },
      /-> 422 body\.messages: Field required /,
    ],
    [
      "many wrong fields",
      { path: CHAT, body: { n: "x", seed: "x", top_logprobs: "x" } },
      /-> 422 body\.messages: Field required; body\.model: Field required; .*; and 2 more /,
    ],
    [
      "no JSON",
      { path: CHAT, body: '{"a' },
      /-> 422 not JSON at character 1: Unterminated string starting at /,
    ],
    ["no key", { path: CHAT, key: "", body: {} }, /-> 401 Not authenticated: no Authorization header /],
    [
      "an unknown key",
      { path: CHAT, key: "sk-unknown", body: {} },
      /-> 403 Invalid API key: the world has no such key /,
    ],
    [
      "another scheme",
      { path: CHAT, key: "Basic abc", body: {} },
      /-> 401 Not authenticated: the Authorization header is not Bearer with a key /,
    ],
    [
      "a limit of 0",
      { path: CHAT, key: "sk-none", body: { model: "chat-one", messages: hello } },
      /-> 403 Insufficient permissions to access the model: rpm is 0 for this key /,
    ],
    ["an unknown path", { path: "/foo", method: "GET" }, /-> 404 Not Found: OGL 0\.4\.5 has no such path /],
    [
      "another method",
      { path: "/v1/models", method: "PUT" },
      /-> 405 Method Not Allowed: this path takes GET /,
    ],
    [
      "a body that is no object",
      { path: CHAT, body: [] },
      /-> 500 Internal Server Error: the body is no JSON object /,
    ],
  ])("gives the reason of a refusal: %s", async (name, request, line) => {
    const before = mock.lines.length;
    await ask(url, request);
    expect([
      name,
      await mock.line((text) => mock.lines.indexOf(text) >= before - 1 && line.test(text)),
    ]).toEqual([name, expect.stringMatching(line)]);
  });

  it("gives the state of a limit", async () => {
    for (let i = 0; i < 3; i++)
      await ask(url, { path: CHAT, key: "sk-two", body: { model: "chat-one", messages: hello } });
    expect(await mock.line((line) => line.includes("-> 429"))).toMatch(
      /-> 429 rpm 2 of 2, again in (?:[1-5]?\d|60) s /,
    );
  });

  it("escapes what a terminal would obey, and shows no secret", async () => {
    const key = "sk-0123456789abcdefghijklmnopqr";
    await ask(url, { path: CHAT, body: { model: `m\u001b[31m\u009b\u202e\n${key}`, messages: hello } });
    const line = await mock.line((text) => text.includes("\\u001b"));
    expect(line).toContain(String.raw`"m\u001b[31m`);
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001f\u0080-\u009f\u202e]|0123456789/);
    await ask(url, { path: `/v1/models?api_key=${key}&x=${"y".repeat(5000)}`, method: "GET" });
    const long = await mock.line((text) => text.includes("/v1/models?api_key="));
    expect(long).not.toContain("0123456789");
    expect(long.length).toBeLessThan(1500);
  });
});

describe("the mock's log as JSON", () => {
  it("has the reason as data, and hidden characters as escapes", async () => {
    const mock = serve(["mock", "--port", "0", "--json"]);
    const { url } = await ready(mock);
    await ask(url, { path: CHAT, body: { model: "a\u009b\u{e0001}b", messages: hello } });
    const line = await mock.line((text) => text.startsWith('{"request"'));
    expect(line).toContain(String.raw`\u009b`);
    expect(line).not.toMatch(/[\u0080-\u009f]|\u{e0001}/u);
    const { request } = JSON.parse(line) as { request: { by: { why: string } } };
    expect(request.by).toMatchObject({ kind: "ogl", refused: 404 });
    expect(request.by.why).toContain("there are qwen3-coder");
    await mock.stop();
  });
});

describe("a log without a reader", () => {
  const start = async (): Promise<{ process: ReturnType<typeof serveProcess>; ready: Ready }> => {
    const process = serveProcess(["mock", "--port", "0", "--json", "--speed", "instant"]);
    return { process, ready: await ready(process) };
  };
  const models = (base: string): Promise<number> =>
    fetch(`${base}/models`, { headers: { authorization: "Bearer x" } }).then(async (response) => {
      await response.text();
      return response.status;
    });

  it("that has left does not stop the server", async () => {
    const {
      process: mock,
      ready: { base },
    } = await start();
    mock.child.stdout?.destroy();
    for (let i = 0; i < 20; i++) expect(await models(base)).toBe(200);
    mock.child.kill("SIGTERM");
    expect(await once(mock.child, "exit")).toEqual([0, null]);
  });

  it("that does not read does not stop the server, nor outlive it", async () => {
    const {
      process: mock,
      ready: { base },
    } = await start();
    mock.child.stdout?.pause();
    const target = `/models?${"x".repeat(900)}`;
    for (let i = 0; i < 2500; i++)
      await fetch(base + target, { headers: { authorization: "Bearer x" } }).then((response) =>
        response.text(),
      );
    expect(await models(base)).toBe(200);
    mock.child.kill("SIGTERM");
    expect(await once(mock.child, "exit")).toEqual([0, null]);
  });
});
