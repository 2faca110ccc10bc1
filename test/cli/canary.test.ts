/** One secret, sent in every place that a request or an answer has, is nowhere in what gatetape prints or writes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN } from "../support/main.ts";
import { rawRequest } from "../support/raw-request.ts";

/** Part of each secret; what stands before it names the place that leaked. */
const CORE = "Kq2Vw7Zt3Rb8Nm5Lp6Hs1";
const secret = (place: string): string => `sk-${place}-${CORE}`;

const folder = mkdtempSync(join(tmpdir(), "gatetape-canary-"));

/** Requests, each with the secret in another place. */
const REQUESTS: readonly string[] = [
  get(`/v1/models?api_key=${secret("query")}`),
  get(`/v1/models?q=${secret("any-query")}`),
  get(`/v1/models/${secret("path")}`),
  get(`/v1/keys/${secret("unknown-path")}?x=${secret("q")}`),
  get(`/${secret("first-path")}`),
  get("/v1/models", `x-gatetape-session: ${secret("session")}`),
  get(`/s/${secret("url-session")}/v1/models`),
  get("/v1/models", `${secret("header-name")}: 1`),
  get("/v1/models", `x-note: ${secret("header")}`),
  get("/v1/models", `authorization: Bearer ${secret("bearer")}`),
  get("/v1/models", `authorization: ${secret("no-scheme")}`),
  get("/v1/models", `cookie: id=${secret("cookie")}`),
  get("/v1/models", `x-gatetape-fault: ${secret("fault")}=1`),
  get("/v1/models", `x-gatetape-fault: models.list=reset@${secret("fault-at")}`),
  `${secret("method")} /v1/models HTTP/1.1\r\nhost: x\r\n\r\n`,
  `HELLO ${secret("request-line")}\r\n\r\n`,
  post(JSON.stringify({ model: "m", messages: [{ role: "user", content: secret("prompt") }] })),
  post(JSON.stringify({ model: secret("model"), messages: [{ role: "user", content: "hi" }] })),
  post(JSON.stringify({ model: "m", messages: secret("wrong-type") })),
  post(JSON.stringify({ model: "m", messages: [{ role: secret("role"), [secret("member")]: 1 }] })),
  post(JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], [secret("key")]: 1 })),
  post(`{"model": ${secret("no-json")}}`),
  post(`x=${secret("form")}`, "application/x-www-form-urlencoded"),
  post(
    `--b\r\ncontent-disposition: form-data; name="${secret("part")}"; filename="${secret("file")}"\r\n\r\n${secret("bytes")}\r\n--b--\r\n`,
    "multipart/form-data; boundary=b",
    "/v1/audio/transcriptions",
  ),
];

const JSON_HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta: { content } }] })}\n\n`;
const sse =
  secret("stream")
    .match(/.{1,5}/g)
    ?.map(event)
    .join("") ?? "";

/** Answers of an upstream, whole as they stand on the wire, each with the secret in another place. */
const ANSWERS: readonly string[] = [
  `HELLO ${secret("no-http")}\r\n\r\n`,
  `${JSON_HEAD}bad line ${secret("bad-header")}\r\n\r\n{}`,
  `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${secret("bad-chunk")}\r\n`,
  `${JSON_HEAD}content-length: ${secret("bad-length")}\r\n\r\n`,
  `HTTP/1.1 200 ${secret("reason")}\r\ncontent-length: 2\r\n\r\n{}`,
  `HTTP/1.1 599 ${secret("odd-status")}\r\ncontent-length: 2\r\n\r\n{}`,
  `${JSON_HEAD}${secret("answer-name")}: 1\r\ncontent-length: 2\r\n\r\n{}`,
  `${JSON_HEAD}x-note: ${secret("answer-header")}\r\ncontent-length: 2\r\n\r\n{}`,
  `${JSON_HEAD}set-cookie: id=${secret("set-cookie")}\r\ncontent-length: 2\r\n\r\n{}`,
  `HTTP/1.1 307 X\r\nlocation: /v1/x?key=${secret("location")}\r\ncontent-length: 0\r\n\r\n`,
  sized(JSON_HEAD, JSON.stringify({ object: secret("object"), [secret("answer-member")]: [secret("item")] })),
  sized("HTTP/1.1 500 X\r\ncontent-type: application/json\r\n", JSON.stringify({ detail: secret("detail") })),
  sized("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n", `${sse}data: [DONE]\n\n`),
  sized("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n", `data: {"x": ${secret("bad-event")}\n\n`),
  sized(
    `HTTP/1.1 200 OK\r\ncontent-encoding: ${secret("coding")}\r\ncontent-type: application/json\r\n`,
    "{}",
  ),
  `${JSON_HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx-last: ${secret("trailer")}\r\n\r\n`,
  `${JSON_HEAD}content-length: 500\r\n\r\n${secret("cut-short")}`,
];

/** Requests for those answers. */
const ASKING = ANSWERS.map((_, i) => get("/v1/models", `x-answer: ${i}`));

function get(target: string, header = "accept: */*"): string {
  return `GET ${target} HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n`;
}

function post(body: string, type = "application/json", target = "/v1/chat/completions"): string {
  return sized(`POST ${target} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\n`, body);
}

function sized(head: string, body: string): string {
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

let upstream: net.Server;
beforeAll(async () => {
  upstream = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      const index = /x-answer: (\d+)/.exec(bytes.toString())?.[1];
      socket.end(ANSWERS[Number(index)] ?? sized(JSON_HEAD, '{"object":"list","data":[]}'));
    });
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
});
afterAll(() => {
  upstream.close();
  rmSync(folder, { recursive: true });
});

interface Running {
  /** All that was printed, by stream. */
  readonly printed: { out: string; err: string };
  readonly port: Promise<number>;
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Runs gatetape as a process. */
function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder });
  const printed = { out: "", err: "" };
  const closed = once(child, "close");
  child.stderr.on("data", (text: Buffer) => (printed.err += text.toString()));
  const port = new Promise<number>((resolve) => {
    child.stdout.on("data", (text: Buffer) => {
      printed.out += text.toString();
      const [, found] = /http:\/\/127\.0\.0\.1:(\d+)\/v1/.exec(printed.out) ?? [];
      if (found !== undefined && /Ctrl-C|"ready"/.test(printed.out)) resolve(Number(found));
    });
  });
  return {
    printed,
    port,
    ended: closed,
    stop: async () => {
      child.kill("SIGTERM");
      await closed;
    },
  };
}

async function send(port: number, requests: readonly string[]): Promise<void> {
  for (const request of requests) {
    const method = request.split(" ", 1)[0] ?? "";
    await rawRequest({ host: "127.0.0.1", port, bytes: Buffer.from(request), method, timeoutMs: 10_000 });
  }
}

/** Lines of texts that show a secret, plain or in an encoding that anyone reads. */
function leaks(texts: Readonly<Record<string, string>>): string[] {
  const needles = [CORE, Buffer.from(CORE).toString("hex"), CORE.slice(0, 12)];
  return Object.entries(texts).flatMap(([name, text]) =>
    text
      .split("\n")
      .filter((line) => needles.some((needle) => line.includes(needle)))
      .map((line) => `${name}: ${around(line)}`),
  );
}

function around(line: string): string {
  const at = line.indexOf(CORE.slice(0, 12));
  return line.slice(Math.max(0, at - 80), at + 40);
}

function filesOf(prefix: string): Record<string, string> {
  const files = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

describe("a secret in any place of a request or an answer", () => {
  it.each([
    ["text", []],
    ["JSON", ["--json"]],
  ])("is not printed by gatetape mock as %s, nor in its journals or lists", async (_, flags) => {
    const name = `mock${flags.length}`;
    const mock = start([
      "mock",
      "--port",
      "0",
      "--allow-header-faults",
      "--journal",
      `${name}.ndjson`,
      ...flags,
    ]);
    const port = await mock.port;
    const control = `http://127.0.0.1:${port}/__gatetape`;
    const added = {
      name: secret("stub-name"),
      request: { method: "GET", target: `/v1/x?y=${secret("stub")}` },
      response: { status: 200, framing: "none" },
      waivers: [{ pointer: "", reason: "a test" }],
    };
    await fetch(`${control}/interactions?session=${secret("stub-session")}`, {
      method: "POST",
      body: JSON.stringify(added),
    });
    await fetch(`${control}/faults?session=${secret("fault-session")}`, {
      method: "PUT",
      body: JSON.stringify(["models.list=wait:ms=1"]),
    });
    await send(port, REQUESTS);
    const asked = async (path: string): Promise<string> => await (await fetch(control + path)).text();
    const texts = {
      journal: await asked("/journal"),
      interactions: await asked("/interactions"),
      faults: await asked("/faults"),
    };
    await mock.stop();
    const lines = texts.journal.split("\n").length;
    expect(lines).toBeGreaterThan(REQUESTS.length - 4);
    expect(leaks({ ...texts, ...mock.printed, ...filesOf(name) })).toEqual([]);
  });

  it.each([
    ["text", []],
    ["JSON", ["--json"]],
  ])("is not printed by gatetape record as %s, nor in what it writes", async (_, flags) => {
    const name = `record${flags.length}`;
    const { port } = upstream.address() as net.AddressInfo;
    const recorder = start([
      "record",
      `--upstream=http://127.0.0.1:${port}/v1`,
      `--out=${name}.cassette.json`,
      "--port=0",
      ...flags,
    ]);
    await send(await recorder.port, [...REQUESTS, ...ASKING]);
    await recorder.stop();
    expect(recorder.printed.out).toMatch(flags.length > 0 ? /"event":"summary"/ : /exchanges? recorded/);
    expect(leaks({ ...recorder.printed, ...filesOf(name) })).toEqual([]);
  });

  it.each([
    ["a mock", false],
    ["a live gateway", true],
  ])("is in no report, journal or line of gatetape gate before %s, nor of check", async (_, live) => {
    const name = `gate${Number(live)}`;
    const { port } = upstream.address() as net.AddressInfo;
    writeFileSync(join(folder, "requests.json"), JSON.stringify(live ? [...REQUESTS, ...ASKING] : REQUESTS));
    writeFileSync(join(folder, "send.mjs"), SENDER);
    const reports = ["ndjson", "json", "junit", "markdown", "github", "badge"];
    const gate = start([
      "gate",
      "-v",
      `--journal=${name}.trace.ndjson`,
      ...(live ? [`--upstream=http://127.0.0.1:${port}/v1`, `--key=${secret("own-key")}`] : []),
      ...reports.map((format) => `--report=${format}=${name}.${format}`),
      "--",
      process.execPath,
      "send.mjs",
    ]);
    await gate.ended;
    expect(gate.printed.err).toMatch(/FAIL/);
    const check = start(["check", `${name}.trace.ndjson`, "-v", "--report", `json=${name}.check.json`]);
    await check.ended;
    expect(check.printed.out).toMatch(/checks:/);
    expect(
      leaks({ ...gate.printed, check: check.printed.out + check.printed.err, ...filesOf(name) }),
    ).toEqual([]);
  });
});

/** A program that sends raw requests to the gateway of its environment. */
const SENDER = `
import { readFileSync } from "node:fs";
import net from "node:net";
const { hostname, port } = new URL(process.env.OPENAI_BASE_URL);
for (const request of JSON.parse(readFileSync("requests.json", "utf8")))
  await new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(request.replace(/\\r\\n/, "\\r\\nconnection: close\\r\\n")));
    socket.on("error", resolve).on("close", resolve).resume();
  });
`;
