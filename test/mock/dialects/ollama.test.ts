/** The ollama dialect against exchanges of a real Ollama 0.17.4, byte for byte over a socket. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startMock } from "../../../src/mock/index.ts";
import { capturesOf, compare, raw, split } from "./captures.ts";

const CAPTURES = capturesOf("ollama");

/** The models of the captured server. */
const WORLD = {
  models: [
    { id: "tiny", type: "text-generation" },
    { id: "tiny-embed", type: "text-embeddings-inference", dimension: 64 },
    { id: "tiny-long", type: "text-generation" },
    { id: "tiny-think", type: "text-generation" },
  ],
};

/** A body with each value that a model, a clock or a catalogue gives replaced by its type. */
function shapeOf(body: string): string {
  return body
    .replaceAll(/^[0-9a-f]+\r\n/gm, "")
    .replaceAll("\r\n", "")
    .replaceAll(/"(created_at|modified_at|content|response|digest|id)":"(?:[^"\\]|\\.)*"/g, '"$1":"*"')
    .replaceAll(/"(\w+_duration|\w*eval_count|size)":\d+/g, '"$1":0')
    .replaceAll(/\[[-\d.,e]+\]/g, "[*]")
    .replaceAll(/"city":"[^"]+"/g, '"city":"*"')
    .replaceAll(/(\{[^\n]*"done":false\}\n)+/g, "{…}\n");
}

test("heads and shapes of bodies are those of a real Ollama", async () => {
  await using mock = await startMock({ dialects: ["ollama"], cassettes: [], world: WORLD });
  const parity = await compare(CAPTURES, () => mock.port, shapeOf);
  expect(parity.different).toEqual({});
  expect([parity.exact.length, parity.alike.length]).toEqual([29, 15]);
}, 60_000);

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", body: JSON.stringify(body) });

const chatOf = (model: string, content: string, more: object = {}): object => ({
  model,
  messages: [{ role: "user", content }],
  ...more,
});

const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

test("a reply with a tool call has the form of the captured one, in JSON and as a stream", async () => {
  await using mock = await startMock({ dialects: ["ollama"], cassettes: [], world: WORLD });
  mock.reply({ toolCalls: [{ name: "get_weather", arguments: { city: "Paris" } }] });
  const message = {
    role: "assistant",
    content: "",
    tool_calls: [
      {
        id: expect.any(String) as string,
        function: { index: 0, name: "get_weather", arguments: { city: "Paris" } },
      },
    ],
  };
  const json = await post(`${mock.url}/api/chat`, chatOf("tiny", "hi", { stream: false }));
  expect(await json.json()).toMatchObject({ message, done: true, done_reason: "stop" });
  const lines = linesOf(await (await post(`${mock.url}/api/chat`, chatOf("tiny", "hi"))).text());
  expect(lines).toMatchObject([
    { message, done: false },
    { message: { role: "assistant", content: "" }, done: true, done_reason: "stop" },
  ]);
});

test("stream and JSON say the same text, a line in each HTTP chunk", async () => {
  await using mock = await startMock({ dialects: ["ollama"], cassettes: [], world: WORLD });
  mock.reply("Hello \u00c9t\u00e9 \u{1f600}!");
  const port = Number(new URL(mock.url).port);
  const body = JSON.stringify(chatOf("tiny", "hi"));
  const head = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const [, chunked] = split(await raw(port, head + body));
  const chunks = chunked.split(/[0-9a-f]+\r\n/).filter((chunk) => chunk.trim() !== "");
  const lines = chunks.map((chunk) => {
    expect(chunk.endsWith("}\n\r\n")).toBe(true);
    return JSON.parse(chunk) as { message: { content: string }; eval_count?: number };
  });
  const json = await post(`${mock.url}/api/chat`, chatOf("tiny", "hi", { stream: false }));
  const whole = (await json.json()) as { message: { content: string }; eval_count: number };
  expect(lines.map(({ message }) => message.content).join("")).toBe(whole.message.content);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.at(-1)?.eval_count).toBe(whole.eval_count);
});

test("errors of replies, faults and fault models reach the client of Ollama", async () => {
  await using mock = await startMock({ dialects: ["ollama"], cassettes: [] });
  mock.reply({ error: { status: 429, message: "Slow down" } }, { when: { message: "limit" } });
  const tags = (await (await fetch(`${mock.url}/api/tags`)).json()) as { models: { name: string }[] };
  const refused = await post(`${mock.url}/api/chat`, chatOf(tags.models[0]?.name ?? "", "limit"));
  expect(refused.status).toBe(429);
  expect(await refused.json()).toEqual({ error: "Slow down" });
  mock.faults.set(["*=status:code=503"]);
  expect((await fetch(`${mock.url}/api/version`)).status).toBe(503);
});

test("one port speaks OGL and Ollama; without ogl it shows nothing of OGL", async () => {
  await using both = await startMock({ dialects: ["ogl", "ollama"] });
  const auth = { headers: { authorization: "Bearer sk-any" } };
  expect((await fetch(`${both.url}/v1/models`, auth)).status).toBe(200);
  expect((await fetch(`${both.url}/api/version`)).status).toBe(200);
  await using alone = await startMock({ dialects: ["ollama"] });
  const models = (await (await fetch(`${alone.url}/v1/models`)).json()) as { data: { owned_by: string }[] };
  expect(models.data[0]?.owned_by).toBe("library");
  const unserved = await fetch(`${alone.url}/v1/responses`, { method: "POST" });
  expect([unserved.status, await unserved.text()]).toEqual([501, expect.stringContaining("/v1/responses")]);
  expect(await (await fetch(`${alone.url}/v1/rerank`, auth)).text()).toBe("404 page not found");
});

test("an unknown dialect is an error that lists the known ones", async () => {
  await expect(startMock({ dialects: ["olama"] })).rejects.toMatchObject({
    location: { option: "--dialect" },
    reason: 'there is no dialect "olama"',
    fix: "use one of ogl, ollama, llamacpp, openai, vllm, tei",
  });
});

test("a cassette of one's own is played first, in the bytes that it holds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-ollama-"));
  try {
    const file = join(folder, "ollama.cassette.json");
    const request = { method: "POST", target: "/api/chat", json: { model: "tiny", messages: [] } };
    const response = {
      status: 200,
      framing: "length",
      headers: [
        ["Content-Type", "application/json; charset=utf-8"],
        ["Content-Length", null],
      ],
      body: [{ text: '{"model":"tiny","done":true,"recorded":true}' }],
    };
    const about = { title: "an Ollama", origin: "written", ogl: "0.4.5" };
    // As the recorder writes it: the path is in no OpenAPI of OGL.
    const waivers = [{ pointer: "/response/status", reason: "an Ollama" }];
    const interactions = [{ name: "load", request, response, waivers }];
    writeFileSync(file, JSON.stringify({ cassette: 1, about, interactions }));
    await using mock = await startMock({ dialects: ["ollama"], cassettes: [file] });
    const ask = async (model: string): Promise<string> => {
      const body = JSON.stringify({ model, messages: [] });
      return await (
        await fetch(`${mock.url}/api/chat`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
        })
      ).text();
    };
    expect(await ask("tiny")).toBe('{"model":"tiny","done":true,"recorded":true}');
    expect(await ask("tiny-long")).not.toContain("recorded");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
