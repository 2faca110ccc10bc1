/** `gatetape drift` and `gatetape spec diff`, against the mock and against servers that differ from it by one thing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { AnswerChange, DriftReport } from "../../src/suites/live/report.ts";
import { selfSigned } from "../support/certificate.ts";
import { type Ran, gatetape } from "../support/cli.ts";

const PINNED = resolve("spec/openapi-0.4.5.json");
const KEY = "sk-live-0123456789abcdef";

interface Sent {
  readonly line: string;
  readonly authorization: string | undefined;
}

/** An answer of the mock, to be changed before it is sent. */
interface Changeable {
  status: number;
  headers: Record<string, string>;
  body: string;
}

let mock: RunningMock;
let folder: string;
let server: Server | undefined;
const sent: Sent[] = [];

beforeAll(async () => {
  mock = await startMock({ speed: Infinity });
  folder = mkdtempSync(join(tmpdir(), "gatetape-drift-"));
  writeFileSync(join(folder, "mine.cassette.json"), JSON.stringify(CASSETTE));
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  sent.length = 0;
});
afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true });
});

/** Starts a server that answers as the mock does, with a change. @returns its base URL */
async function startChanged(change: (line: string, answer: Changeable) => void = () => {}): Promise<string> {
  const started = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const line = `${request.method} ${request.url}`;
    const { authorization } = request.headers;
    sent.push({ line, authorization });
    const answered = await mock.app.request(request.url ?? "", {
      method: request.method ?? "",
      headers: request.headers as Record<string, string>,
      ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
    });
    const { "content-length": _, ...headers } = Object.fromEntries(answered.headers);
    const answer: Changeable = { status: answered.status, headers, body: await answered.text() };
    change(line, answer);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

function drift(url: string, ...args: string[]): Promise<Ran> {
  return gatetape(["drift", "--url", url, ...args], { cwd: folder, env: { OGL_TOKEN: KEY } });
}

const WITH_CASSETTE = ["--key-env", "OGL_TOKEN", "--cassettes", "mine.cassette.json"];

async function reported(url: string, ...args: string[]): Promise<DriftReport> {
  return JSON.parse((await drift(url, "--json", ...args)).stdout) as DriftReport;
}

const CHAT = { model: "qwen3-coder", messages: [{ role: "user", content: "hi" }], max_tokens: 4 };
const AUTHORIZED = [["authorization", "Bearer sk-1"]];
const post = (target: string, json: object, headers = AUTHORIZED): object => ({
  method: "POST",
  target,
  headers: [...headers, ["content-type", "application/json"]],
  json,
});
const USAGE = {
  prompt_tokens: 1,
  completion_tokens: 1,
  total_tokens: 2,
  cost: 0,
  requests: 1,
  carbon: null,
  impacts: { kWh: null, kgCO2eq: null },
};
const answer = (json: object, status = 200): object => ({
  status,
  framing: "length",
  headers: [
    ["content-length", null],
    ["content-type", "application/json"],
    ...(status === 401 ? [["www-authenticate", "Bearer"]] : []),
  ],
  body: [{ json }],
});
const CASSETTE = {
  cassette: 1,
  about: { title: "mine", origin: "written", ogl: "0.4.5" },
  interactions: [
    {
      name: "models",
      request: { method: "GET", target: "/v1/models", headers: AUTHORIZED },
      response: answer({
        object: "list",
        data: [
          {
            object: "model",
            id: "m",
            type: "text-generation",
            aliases: ["a"],
            created: 1,
            owned_by: "o",
            max_context_length: 1,
            costs: { prompt_tokens: 0, completion_tokens: 0 },
          },
        ],
      }),
    },
    {
      name: "stream",
      request: post("/v1/chat/completions", { ...CHAT, stream: true }),
      response: {
        status: 200,
        framing: "chunked",
        headers: [
          ["content-type", "text/event-stream; charset=utf-8"],
          ["Transfer-Encoding", null],
        ],
        body: [
          {
            sse: {
              id: "1",
              object: "chat.completion.chunk",
              created: 1,
              model: "m",
              choices: [
                {
                  index: 0,
                  delta: { role: "assistant", content: "a" },
                  logprobs: null,
                  finish_reason: null,
                  token_ids: null,
                },
              ],
            },
          },
          {
            sse: {
              id: "1",
              object: "chat.completion.chunk",
              created: 1,
              model: "m",
              choices: [],
              usage: USAGE,
            },
          },
          { sse: "[DONE]" },
        ],
      },
    },
    {
      name: "by a recorder that adds the key",
      request: { method: "GET", target: "/v1/me/usage" },
      response: answer({ object: "list", data: [] }),
    },
    {
      name: "no key",
      request: { method: "GET", target: "/v1/me/info" },
      response: answer({ detail: "Not authenticated" }, 401),
    },
    {
      name: "unknown model",
      request: post("/v1/chat/completions", { ...CHAT, model: "no-such-model" }),
      response: answer({ detail: "Model not found." }, 404),
    },
    {
      name: "again",
      request: post("/v1/chat/completions", { stream: true, ...CHAT }),
      match: { play: "once" },
      response: answer({ detail: "x" }, 404),
    },
    {
      name: "elsewhere",
      request: post("/v1/chat/completions", { ...CHAT, model: "other" }),
      response: answer({ detail: "x" }, 400),
    },
    {
      name: "refused key",
      request: { method: "GET", target: "/v1/me/keys", headers: [["authorization", "Bearer sk-2"]] },
      response: answer({ detail: "Invalid API key." }, 403),
    },
    {
      name: "new key",
      request: post("/v1/me/keys", { name: "x" }),
      response: answer({ id: 1, key: "sk-3" }, 201),
    },
    {
      name: "login",
      request: post("/v1/auth/login", { email: "e", password: "p" }),
      response: answer({ detail: "User not found." }, 404),
    },
    {
      name: "delete",
      request: { method: "DELETE", target: "/v1/me/keys/1", headers: AUTHORIZED },
      response: { status: 204, framing: "none", headers: [] },
    },
    {
      name: "one collection",
      request: { method: "GET", target: "/v1/collections/7", headers: AUTHORIZED },
      response: answer({ detail: "Collection not found." }, 404),
    },
    {
      name: "too often",
      request: post("/v1/chat/completions", { ...CHAT, n: 2 }),
      response: answer({ detail: "x" }, 429),
    },
    {
      name: "nowhere",
      request: { method: "GET", target: "/v9", headers: AUTHORIZED },
      response: answer({ detail: "Not Found" }, 404),
    },
  ],
};

describe("gatetape drift", () => {
  it("finds none in the mock, sends only what reads or calls models, and the key only where one was", async () => {
    const url = await startChanged();
    const ran = await drift(`${url}/v1`, ...WITH_CASSETTE);
    expect([ran.stdout, ran.code]).toEqual([expect.stringContaining("5 answered alike, 0 otherwise"), 0]);
    expect(sent.map(({ line }) => line)).toEqual([
      "GET /openapi.json",
      "GET /v1/models",
      "GET /v1/models",
      "POST /v1/chat/completions",
      "GET /v1/me/usage",
      "GET /v1/me/info",
      "POST /v1/chat/completions",
    ]);
    const keys = sent.map(({ authorization }) => authorization);
    expect(keys).toEqual([undefined, ...Array(4).fill(`Bearer ${KEY}`), undefined, `Bearer ${KEY}`]);
    expect(ran.stdout + ran.stderr).not.toContain(KEY);
  });

  it("says of each request that it does not send why", async () => {
    const { answers } = await reported(await startChanged(), ...WITH_CASSETTE);
    const reasons = answers?.notSent.map(({ reason, interactions }) => [interactions.join(), reason]);
    const of = (name: string): string =>
      String(reasons?.find(([names]) => names?.includes(`mine.cassette.json: ${name}`))?.[1]);
    expect(of("again")).toContain("sent already");
    expect(of("elsewhere")).toContain("--model");
    expect(of("refused key")).toContain("key that is refused");
    for (const name of ["new key", "login", "delete"]) expect(of(name)).toBe("it can write");
    expect(of("one collection")).toContain("only the recorded gateway has");
    expect(of("too often")).toContain("429");
    expect(of("nowhere")).toContain("no such operation");
  });

  it("sends no request with a key if it has none, another model if it is told to, and no more than allowed", async () => {
    const url = await startChanged();
    const keyless = await reported(url, "--cassettes", "mine.cassette.json");
    expect(keyless.answers?.compared).toBe(1);
    const mapped = await reported(url, ...WITH_CASSETTE, "--model", "other=qwen3-coder");
    expect(mapped.answers?.changed.map(({ interaction }) => interaction)).toEqual(["elsewhere"]);
    const few = await reported(url, ...WITH_CASSETTE, "--max-requests", "2");
    expect(few.answers?.compared).toBe(2);
    expect(few.answers?.notSent.map(({ reason }) => reason).join("\n")).toContain("more than 2 requests");
  });

  const json =
    (change: (body: never) => void) =>
    (one: Changeable): void => {
      const body = JSON.parse(one.body) as never;
      change(body);
      one.body = JSON.stringify(body);
    };

  it.each<
    [name: string, target: string, change: (one: Changeable) => void, expected: Partial<AnswerChange>[]]
  >([
    ["another status", "GET /v1/models", (one) => (one.status = 206), [{ part: "status", breaking: true }]],
    [
      "another content type",
      "GET /v1/models",
      (one) => (one.headers["content-type"] = "text/plain"),
      [{ part: "headers", location: "content-type", breaking: true }],
    ],
    [
      "a charset",
      "GET /v1/models",
      (one) => (one.headers["content-type"] += "; charset=utf-8"),
      [{ part: "headers", location: "content-type", breaking: false }],
    ],
    [
      "another header that matters",
      "GET /v1/models",
      (one) => (one.headers["retry-after"] = "1"),
      [{ part: "headers", location: "retry-after", breaking: false }],
    ],
    [
      "a header that does not",
      "GET /v1/models",
      (one) => Object.assign(one.headers, { server: "nginx", "x-request-id": "1", via: "2" }),
      [],
    ],
    [
      "a required member missing",
      "GET /v1/models",
      json((body: { data: { id?: string }[] }) => body.data.forEach((model) => delete model.id)),
      [{ part: "body", location: ".data[].id", breaking: true, text: "is missing" }],
    ],
    [
      "an optional member missing",
      "GET /v1/models",
      json((body: { data: { aliases?: unknown }[] }) => body.data.forEach((model) => delete model.aliases)),
      [{ part: "body", location: ".data[].aliases", breaking: false, text: "is missing" }],
    ],
    [
      "a new member",
      "GET /v1/models",
      json((body: { total: number }) => (body.total = 3)),
      [{ part: "body", location: ".total", breaking: false, text: "is new" }],
    ],
    [
      "another type",
      "GET /v1/models",
      json((body: { data: { created: unknown }[] }) => body.data.forEach((model) => (model.created = "1"))),
      [{ part: "body", location: ".data[].created", breaking: true }],
    ],
    [
      "a value that the OpenAPI does not allow",
      "GET /v1/models",
      json((body: { data: { type: unknown }[] }) => body.data.forEach((model) => (model.type = "x"))),
      [{ part: "body", breaking: true, text: expect.stringContaining("contradicts the OpenAPI") as never }],
    ],
    [
      "no JSON",
      "GET /v1/models",
      (one) => (one.body = "{"),
      [{ part: "body", breaking: true, text: "is no JSON" }],
    ],
    [
      "no [DONE]",
      "POST /v1/chat/completions",
      (one) => (one.body = one.body.replace("data: [DONE]\n\n", "")),
      [{ part: "event", location: "[DONE]", breaking: true, text: "is missing" }],
    ],
    [
      "a member of events missing",
      "POST /v1/chat/completions",
      (one) => (one.body = one.body.replaceAll('"delta"', '"text"')),
      [
        { part: "event", location: ".choices[].delta", breaking: true, text: "is missing" },
        { part: "event", location: ".choices[].text", breaking: false, text: "is new" },
      ],
    ],
  ])("finds %s", async (_, target, change, expected) => {
    const url = await startChanged((line, one) => {
      if (line === target && one.status === 200) change(one);
    });
    const { answers } = await reported(url, ...WITH_CASSETTE);
    const name = target === "GET /v1/models" ? "models" : "stream";
    const changed = answers?.changed.filter(({ interaction }) => interaction === name) ?? [];
    expect(changed.flatMap(({ changes }) => changes)).toEqual(
      expected.map((one) => expect.objectContaining(one) as unknown),
    );
  });

  it("counts a server that does not answer in time", async () => {
    const url = await startChanged((line, one) => {
      if (line === "GET /v1/me/info") Object.assign(one, { headers: { "content-length": "99" }, body: "{" });
    });
    const { answers } = await reported(url, ...WITH_CASSETTE, "--timeout", "0.5");
    expect(answers?.changed).toMatchObject([
      { interaction: "no key", changes: [{ part: "delivery", breaking: true }] },
    ]);
  });

  it("reports a changed OpenAPI with the cassettes that it touches, as an issue and by its exit code", async () => {
    const url = await startChanged((line, one) => {
      if (line !== "GET /openapi.json") return;
      const document = JSON.parse(one.body) as {
        paths: Record<string, unknown>;
        components: { schemas: Record<string, { properties: object }> };
      };
      delete document.paths["/v1/rerank"];
      const model = document.components.schemas["Model"];
      if (model !== undefined) model.properties = { ...model.properties, x_new: { type: "string" } };
      one.body = JSON.stringify(document);
    });
    const out = join(folder, "drift.md");
    const ran = await drift(url, ...WITH_CASSETTE, "--report", `markdown=${out}`, "--fail-on", "breaking");
    expect(ran).toMatchObject({ code: 1, stderr: "" });
    expect(ran.stdout).toMatch(/^BREAKS operation: operation removed \(operation\)\n +POST \/v1\/rerank$/m);
    const markdown = readFileSync(out, "utf8");
    expect(markdown).toMatch(/^# Drift: 2 changes, 1 breaking\n/);
    expect(markdown).toContain("| `operation` | operation | operation removed | `POST /v1/rerank` |  |");
    expect(markdown).toContain(
      `| \`Model.x_new\` | response | optional member added | \`GET /v1/models\`, \`GET /v1/models/{model}\` | \`${join(folder, "mine.cassette.json")}\` |`,
    );
  });

  it("can leave changes that break nobody to others", async () => {
    const url = await startChanged((line, one) => {
      if (line === "GET /openapi.json")
        one.body = one.body.replace('"operationId":"get_health_health_get"', '"operationId":"x"');
    });
    expect((await drift(url)).code).toBe(1);
    expect((await drift(url, "--fail-on", "breaking")).code).toBe(0);
  });

  it("holds a server of another generation against its own OpenAPI, or the one that it is told", async () => {
    const url = await startChanged((line, one) => {
      if (line === "GET /openapi.json") one.body = readFileSync("spec/openapi-0.4.1.json", "utf8");
    });
    expect((await drift(url)).stdout).toContain("OGL 0.4.1, pinned (0.4.1): the same for clients");
    const { code, stdout } = await drift(url, "--ogl", "0.4.5");
    expect(code).toBe(1);
    expect(stdout).toMatch(/against OGL 0\.4\.5, pinned \(0\.4\.5\): \d+ changes, \d+ breaking/);
  });

  it.each<[string[], RegExp]>([
    [[], /^gatetape: --url is missing\n {2}fix: /],
    [["--url", "nowhere"], /"nowhere" is no http or https URL/],
    [["--url", "http://127.0.0.1:1"], /openapi\.json: can't be fetched: .*\n {2}fix: /],
    [
      ["--url", "http://127.0.0.1:1", "--key-env", "NO_SUCH_KEY"],
      /^gatetape: --key-env NO_SUCH_KEY: there is no such variable/,
    ],
    [["--url", "http://127.0.0.1:1", "--cassettes", "none-here"], /none-here/],
    [["--url", "http://127.0.0.1:1", "--report", "junit=x"], /FORMAT=FILE with one of markdown, json/],
    [["--url", "http://127.0.0.1:1", "--report", "markdown=."], /--report .*is a folder/],
  ])("refuses %j with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await gatetape(["drift", ...args], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("trusts a certificate of its own kind with --ca alone", async () => {
    const { key, cert } = selfSigned();
    writeFileSync(join(folder, "ca.pem"), cert);
    const secure = createSecureServer(
      { key, cert },
      (_, response) => void response.end(readFileSync(PINNED)),
    );
    server = secure;
    await new Promise<void>((done) => secure.listen(0, "127.0.0.1", done));
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    expect((await drift(url)).stderr).toMatch(/openapi\.json: can't be fetched: .*certificate/);
    expect(await drift(url, "--ca", "ca.pem")).toMatchObject({ code: 0, stderr: "" });
  });

  it("says so if the server refuses the key", async () => {
    const url = await startChanged((line, one) => {
      if (line === "GET /v1/models") one.status = 401;
    });
    const { code, stdout, stderr } = await drift(url, ...WITH_CASSETTE);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^gatetape: the server refuses the key: GET \/v1\/models answered 401\n {2}fix: /);
    expect(sent).toHaveLength(2);
  });

  it("says so if the server keeps its OpenAPI to itself", async () => {
    const url = await startChanged((_, one) => (one.status = 404));
    const { code, stderr } = await drift(url);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/openapi\.json: answered 404\n {2}fix: /) as string,
    });
  });
});

describe("gatetape spec diff", () => {
  it("compares two files as clients see them", async () => {
    const other = join(folder, "other.json");
    writeFileSync(other, readFileSync(PINNED, "utf8").replace('"version": "0.4.5"', '"version": "0.4.6"'));
    expect(await gatetape(["spec", "diff", PINNED, other])).toMatchObject({
      code: 0,
      stdout: `${other} (0.4.6) against ${PINNED} (0.4.5): the same for clients\n`,
    });
    const { code, stdout } = await gatetape(["spec", "diff", "spec/openapi-0.4.1.json", PINNED]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "BREAKS Limit.router_id: required member added (request)\n      POST /v1/admin/roles",
    );
    expect(stdout).toContain("       operation: operation added (operation)\n      GET /health/models");
  });

  it("prints Markdown and JSON, and refuses what is no OpenAPI", async () => {
    const markdown = await gatetape([
      "spec",
      "diff",
      "spec/openapi-0.4.1.json",
      PINNED,
      "--report",
      "markdown=-",
    ]);
    expect(markdown.stdout).toContain("### Breaking\n\n| where | part | change | operations | cassettes |");
    const programs = await gatetape(["spec", "diff", "spec/openapi-0.4.1.json", PINNED, "--json"]);
    expect((JSON.parse(programs.stdout) as DriftReport).changes.length).toBeGreaterThan(100);
    const refused = await gatetape(["spec", "diff", PINNED, "package.json"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/no OpenAPI document\n {2}fix: /);
  });
});
