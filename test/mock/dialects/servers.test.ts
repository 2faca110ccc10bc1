/** What every dialect has: its own routes, errors and streams, with the mock's replies, sessions, faults and fault models. */
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { serve } from "../../support/cli.ts";
import { DIALECTS } from "../../../src/mock/dialects/dialects.ts";
import { startMock } from "../../../src/mock/index.ts";
import { capturesOf, openAiShape, raw, split } from "./captures.ts";

const WORLD = {
  models: [
    { id: "tiny", type: "text-generation" },
    { id: "tiny-embed", type: "text-embeddings-inference", dimension: 4 },
    { id: "tiny-rank", type: "text-classification" },
  ],
};

type Named = (typeof DIALECTS)[number];

/** A mock that speaks one dialect. */
const start = (dialect: Named, options: Parameters<typeof startMock>[0] = {}): ReturnType<typeof startMock> =>
  startMock({ dialects: [dialect], cassettes: [], world: WORLD, speed: Infinity, ...options });

const KEY = { authorization: "Bearer sk-any", "content-type": "application/json" };

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers: KEY, body: JSON.stringify(body) });

const chat = (content: string, more: object = {}): object => ({
  model: "tiny",
  messages: [{ role: "user", content }],
  ...more,
});

/** The events of a stream. */
const eventsOf = (text: string): unknown[] =>
  text
    .split("\n\n")
    .filter((block) => block.startsWith("data: {"))
    .map((block) => JSON.parse(block.slice(6)) as unknown);

const OPENAI_LIKE = ["openai", "vllm", "llamacpp", "ollama"] as const;

describe.each(OPENAI_LIKE)("the %s dialect", (dialect) => {
  test("says the same text in JSON and as a stream, with the usage where it was asked for", async () => {
    await using mock = await start(dialect);
    mock.reply("Hello \u00c9t\u00e9 \u{1f600}!");
    const url = `${mock.url}/v1/chat/completions`;
    const json = (await (await post(url, chat("hi"))).json()) as {
      choices: { message: { content: string } }[];
      usage: { total_tokens: number };
    };
    const usage = { stream_options: { include_usage: true }, stream: true };
    const response = await post(url, chat("hi", usage));
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    const text = await response.text();
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    const events = eventsOf(text) as { choices: { delta: { content?: string } }[]; usage?: object }[];
    const said = events.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? "")).join("");
    expect(said).toBe("Hello \u00c9t\u00e9 \u{1f600}!");
    expect(json.choices[0]?.message.content).toBe(said);
    const { total_tokens } = json.usage;
    expect(events.at(-1)).toMatchObject({ choices: [], usage: { total_tokens } });
    const without = eventsOf(await (await post(url, chat("hi", { stream: true }))).text());
    expect(without.some((event) => JSON.stringify(event).includes('"choices":[]'))).toBe(false);
  });

  test("calls the tool of a reply, with arguments that add up", async () => {
    await using mock = await start(dialect);
    mock.reply({ toolCalls: [{ name: "get_weather", arguments: { city: "Paris" } }] });
    const url = `${mock.url}/v1/chat/completions`;
    const json = (await (await post(url, chat("hi"))).json()) as {
      choices: { finish_reason: string; message: { tool_calls: { function: { arguments: string } }[] } }[];
    };
    expect(json.choices[0]?.finish_reason).toBe("tool_calls");
    expect(json.choices[0]?.message.tool_calls).toMatchObject([
      { type: "function", function: { name: "get_weather" } },
    ]);
    const whole = json.choices[0]?.message.tool_calls[0]?.function.arguments;
    expect(JSON.parse(whole ?? "")).toEqual({ city: "Paris" });
    const text = await (await post(url, chat("hi", { stream: true }))).text();
    const deltas = (eventsOf(text) as { choices: { delta: { tool_calls?: object[] } }[] }[]).flatMap(
      ({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []),
    ) as { function: { name?: string; arguments?: string } }[];
    expect(deltas[0]?.function.name).toBe("get_weather");
    expect(deltas.map((delta) => delta.function.arguments ?? "").join("")).toBe(whole);
  });

  test("refuses in its own envelope what a reply refuses, and plays the replies of a session to it alone", async () => {
    await using mock = await start(dialect);
    mock.reply({ error: { status: 429, message: "Slow down" } }, { session: "slow" });
    const refused = await post(`${mock.url}/s/slow/v1/chat/completions`, chat("hi"));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { message: "Slow down" } });
    expect((await post(`${mock.url}/v1/chat/completions`, chat("hi"))).status).toBe(200);
  });

  test("dies within a stream as a fault rule or a fault model says", async () => {
    await using mock = await start(dialect, { world: "default" });
    const url = `${mock.url}/v1/chat/completions`;
    const body = { ...chat("hi", { stream: true }), model: "t-die-mid" };
    const dying = post(url, body).then((response) => response.text());
    // A runner of Ollama's that dies ends its stream by an empty chunk, and no other word of it.
    const end = dialect === "ollama" ? /"model":"",.*"finish_reason":null\}\]\}\s*$/ : /^terminated$/;
    expect(await dying.catch((error: unknown) => (error as Error).message)).toMatch(end);
    mock.faults.set(["chat.stream=reset@2"]);
    const rule = post(url, { ...chat("hi", { stream: true }), model: "t-ok" });
    await expect(rule.then((response) => response.text())).rejects.toThrow("terminated");
  });
});

test("a fault model is the upstream itself: its own refusal, or none", async () => {
  await using mock = await start("vllm", { world: "default" });
  const url = `${mock.url}/v1/chat/completions`;
  const limited = await post(url, { ...chat("hi"), model: "t-e429" });
  const error = { message: "Rate limit reached", type: "rate_limit_error", code: "rate_limit_exceeded" };
  expect([limited.status, await limited.json()]).toEqual([429, { error }]);
  const page = await post(url, { ...chat("hi"), model: "t-e503-html" });
  expect([page.status, page.headers.get("content-type")]).toEqual([503, "text/html"]);
  await expect(post(url, { ...chat("hi"), model: "t-die-at-once" })).rejects.toThrow("fetch failed");
  await using ollama = await start("ollama", { world: "default" });
  const text = "an error was encountered while running the model: unexpected EOF";
  const died = await post(`${ollama.url}/api/chat`, { ...chat("hi"), model: "t-die-at-once" });
  expect([died.status, await died.json()]).toEqual([500, { error: text }]);
  const stream = await (await post(`${ollama.url}/api/chat`, { ...chat("hi"), model: "t-die-mid" })).text();
  expect(stream.endsWith(`"done":false}\n{"error":"${text}"}\n`)).toBe(true);
});

test("each server answers what is on no route of its own", async () => {
  const answers: Record<string, string> = {};
  for (const dialect of DIALECTS) {
    if (dialect === "ogl") continue;
    await using mock = await start(dialect);
    const [head, body] = split(await raw(mock.port, "GET /v1/nope HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    answers[dialect] = `${head.split("\r\n")[0]} ${body}`;
  }
  expect(answers).toEqual({
    ollama: "HTTP/1.1 404 Not Found 404 page not found",
    llamacpp:
      'HTTP/1.1 404 Not Found {"error":{"message":"File Not Found","type":"not_found_error","code":404}}',
    openai: `HTTP/1.1 404 Not Found ${JSON.stringify(
      {
        error: {
          message: "Invalid URL (GET /v1/nope)",
          type: "invalid_request_error",
          param: null,
          code: null,
        },
      },
      undefined,
      2,
    )}\n`,
    vllm: 'HTTP/1.1 404 Not Found {"detail":"Not Found"}',
    tei: "HTTP/1.1 404 Not Found ",
  });
});

test("vllm: health, version, models, refusals and rankings", async () => {
  await using mock = await start("vllm");
  const health = await fetch(`${mock.url}/health`);
  expect([health.status, health.headers.get("content-type"), await health.text()]).toEqual([200, null, ""]);
  expect(await (await fetch(`${mock.url}/version`)).json()).toEqual({ version: "0.11.0" });
  const models = (await (await fetch(`${mock.url}/v1/models`)).json()) as { data: object[] };
  expect(models.data[0]).toMatchObject({ id: "tiny", owned_by: "vllm", root: "tiny", parent: null });
  const unknown = await post(`${mock.url}/v1/chat/completions`, { ...chat("hi"), model: "nope" });
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    {
      error: { message: "The model `nope` does not exist.", type: "NotFoundError", param: null, code: 404 },
    },
  ]);
  const missing = await post(`${mock.url}/v1/chat/completions`, { model: "tiny" });
  expect([missing.status, await missing.json()]).toEqual([
    400,
    {
      error: {
        message:
          "[{'type': 'missing', 'loc': ('body', 'messages'), 'msg': 'Field required', 'input': {'model': 'tiny'}}]",
        type: "Bad Request",
        param: null,
        code: 400,
      },
    },
  ]);
  const ranked = await post(`${mock.url}/v1/rerank`, {
    model: "tiny-rank",
    query: "a cat",
    documents: ["a dog", "a cat"],
  });
  expect(await ranked.json()).toMatchObject({
    results: [
      { index: 1, document: { text: "a cat" } },
      { index: 0, document: { text: "a dog" } },
    ],
  });
});

test("tei: health, info, vectors in both forms, rankings and refusals", async () => {
  await using mock = await start("tei");
  for (const path of ["/", "/health", "/ping"]) {
    const health = await fetch(mock.url + path);
    expect([health.status, await health.text()]).toEqual([200, ""]);
  }
  expect(await (await fetch(`${mock.url}/info`)).json()).toMatchObject({ model_id: "tiny-embed" });
  const native = await post(`${mock.url}/embed`, { inputs: ["hi", "you"] });
  expect(native.headers.get("x-compute-characters")).toBe("5");
  const vectors = (await native.json()) as number[][];
  expect(vectors.map((vector) => vector.length)).toEqual([4, 4]);
  const compatible = await post(`${mock.url}/v1/embeddings`, { model: "any", input: ["hi", "you"] });
  expect(await compatible.json()).toMatchObject({
    object: "list",
    model: "tiny-embed",
    data: vectors.map((embedding, index) => ({ object: "embedding", embedding, index })),
  });
  const ranked = await post(`${mock.url}/rerank`, {
    query: "a cat",
    texts: ["a dog", "a cat"],
    return_text: true,
  });
  expect(await ranked.json()).toMatchObject([
    { index: 1, text: "a cat" },
    { index: 0, text: "a dog" },
  ]);
  const many = Array.from({ length: 33 }, () => "x");
  const tooMany = await post(`${mock.url}/embed`, { inputs: many });
  expect([tooMany.status, await tooMany.json()]).toEqual([
    413,
    { error: "batch size 33 > maximum allowed batch size 32", error_type: "Validation" },
  ]);
  const inOpenAiForm = await post(`${mock.url}/v1/embeddings`, { input: many });
  expect(await inOpenAiForm.json()).toMatchObject({ code: 413, type: "Validation" });
  mock.reply({ error: { status: 429, message: "Model is overloaded" } });
  const overloaded = await post(`${mock.url}/embed`, { inputs: "x" });
  expect([overloaded.status, await overloaded.json()]).toEqual([
    429,
    { error: "Model is overloaded", error_type: "Overloaded" },
  ]);
});

test("openai: a key is asked for, and refusals name the parameter", async () => {
  await using mock = await start("openai");
  const keyless = await fetch(`${mock.url}/v1/models`);
  expect(keyless.status).toBe(401);
  const wrong = await post(`${mock.url}/v1/chat/completions`, chat("hi", { temperature: 9 }));
  expect([wrong.status, await wrong.json()]).toEqual([
    400,
    {
      error: {
        message:
          "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 9 instead.",
        type: "invalid_request_error",
        param: "temperature",
        code: "decimal_above_max_value",
      },
    },
  ]);
  const vector = await post(`${mock.url}/v1/embeddings`, {
    model: "tiny-embed",
    input: "hi",
    encoding_format: "base64",
  });
  const { data } = (await vector.json()) as { data: { embedding: string }[] };
  expect(Buffer.from(data[0]?.embedding ?? "", "base64").byteLength).toBe(16);
});

test("fault rules name the requests of Ollama's own routes by OGL's operations", async () => {
  await using mock = await start("ollama");
  mock.faults.set([
    "chat.create=status:code=503",
    "chat.stream=reset@2",
    "embeddings.create=status:code=502",
  ]);
  expect((await post(`${mock.url}/api/chat`, chat("hi", { stream: false }))).status).toBe(503);
  const stream = post(`${mock.url}/api/chat`, chat("hi"));
  await expect(stream.then((response) => response.text())).rejects.toThrow("terminated");
  expect((await post(`${mock.url}/api/embed`, { model: "tiny-embed", input: "a" })).status).toBe(502);
});

test("of two dialects on one port, the first one answers what both serve", async () => {
  const owner = async (...dialects: Named[]): Promise<unknown> => {
    await using mock = await startMock({ dialects, cassettes: [], world: WORLD });
    const models = (await (await fetch(`${mock.url}/v1/models`, { headers: KEY })).json()) as {
      data: { owned_by: string }[];
    };
    expect((await fetch(`${mock.url}/api/version`)).status).toBe(200);
    return models.data[0]?.owned_by;
  };
  expect(await owner("vllm", "ollama")).toBe("vllm");
  expect(await owner("ollama", "vllm")).toBe("library");
  expect(await owner("ogl", "ollama")).toBe("OpenGateLLM");
});

/** What a `Response` can express of a message: status, headers without order and case, and the body. */
function comparable(message: string): unknown {
  const [head, body] = split(message);
  const [line = "", ...headers] = head.split("\r\n");
  // Hono's server names a type for an answer that has none.
  const names =
    /^((date|connection|keep-alive|transfer-encoding|content-length):|content-type: text\/plain; charset=utf-8$)/i;
  const kept = headers.map((header) => header.replace(/^[^:]+/, (name) => name.toLowerCase()));
  return [
    line.slice(0, 12),
    kept.filter((header) => !names.test(header)).toSorted(),
    // How many events share a chunk of HTTP is the outlet's own affair, and so how many are shown as one.
    openAiShape(body)
      .replaceAll(/[|…]/g, "")
      .replaceAll(/(data: [^\n]*\n\n)\1+/g, "$1"),
  ];
}

test.each(["ollama", "llamacpp"] as const)("%s: through Hono the answers are the same", async (dialect) => {
  await using direct = await start(dialect);
  await using hono = await start(dialect, { direct: false });
  for (const { name, request } of capturesOf(dialect)) {
    const ours = comparable(await raw(direct.port, request));
    expect({ name, answer: comparable(await raw(hono.port, request)) }).toEqual({ name, answer: ours });
  }
});

test("the connection of a llama.cpp stream is closed by the server", async () => {
  await using mock = await start("llamacpp");
  const body = JSON.stringify(chat("hi", { stream: true }));
  const socket = connect(mock.port, "127.0.0.1");
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.resume();
  await once(socket, "end");
  expect(socket.bytesRead).toBeGreaterThan(0);
});

test("the start screen shows lines to try of the dialect alone", async () => {
  const mock = serve(["mock", "--dialect", "tei", "--dialect", "ollama", "--port", "0"]);
  await mock.line((line) => line.includes("Ctrl-C"));
  expect(await mock.stop()).toBe(0);
  const screen = mock.lines.join("\n");
  expect(screen).toContain("Text Embeddings Inference 1.8.2 and Ollama 0.17.4 at http://");
  expect(screen).toContain("/api/tags");
  expect(screen).not.toMatch(/OGL|117 interactions/);
});
