/** Clients for Node against the dialects: the package ollama, which is installed here, and openai. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/index.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const WORLD = {
  models: [
    { id: "tiny", type: "text-generation" },
    { id: "tiny-embed", type: "text-embeddings-inference", dimension: 4 },
  ],
};

const start = (dialect: string): Promise<RunningMock> =>
  startMock({ dialects: [dialect], cassettes: [], world: WORLD, speed: Infinity });

/** The part of the package ollama that is called here. */
interface OllamaPackage {
  readonly Ollama: new (options: { host: string }) => {
    list(): Promise<{ models: { name: string }[] }>;
    chat(
      request: object,
    ): Promise<{ message: { content: string }; done_reason: string }> &
      Promise<AsyncIterable<{ message: { content: string }; done: boolean }>>;
    embed(request: object): Promise<{ embeddings: number[][] }>;
  };
}

function installedOllama(): OllamaPackage {
  const folder = temporaryFolder("ollama-client");
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "ollama@0.6.4"], { cwd: folder, stdio: "pipe" });
  return createRequire(join(folder, "package.json"))("ollama") as OllamaPackage;
}

const messages = [{ role: "user" as const, content: "hi" }];

test("the package ollama", async () => {
  const { Ollama } = installedOllama();
  await using mock = await start("ollama");
  const client = new Ollama({ host: mock.url });
  expect((await client.list()).models.map(({ name }) => name)).toContain("tiny:latest");
  const whole = await client.chat({ model: "tiny", messages });
  expect(whole.done_reason).toBe("stop");
  let text = "";
  for await (const line of await client.chat({ model: "tiny", messages, stream: true })) {
    text += line.message.content;
  }
  expect(text).toBe(whole.message.content);
  expect((await client.embed({ model: "tiny-embed", input: ["a", "b"] })).embeddings).toHaveLength(2);
  await expect(client.chat({ model: "nope", messages })).rejects.toThrow("model 'nope' not found");
}, 120_000);

test.each(["ollama", "llamacpp", "openai", "vllm"])("the package openai against %s", async (dialect) => {
  await using mock = await start(dialect);
  const client = new OpenAI({ baseURL: mock.baseUrl(), apiKey: "sk-any", maxRetries: 0 });
  const whole = await client.chat.completions.create({ model: "tiny", messages });
  const stream = client.chat.completions.stream({
    model: "tiny",
    messages,
    stream_options: { include_usage: true },
  });
  const streamed = await stream.finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
  expect(streamed.usage?.total_tokens).toBe(whole.usage?.total_tokens);
  const vectors = await client.embeddings.create({ model: "tiny-embed", input: "hi" });
  expect(vectors.data[0]?.embedding).toHaveLength(4);
  mock.reply({ error: { status: 429, message: "Slow down" } });
  await expect(client.chat.completions.create({ model: "tiny", messages })).rejects.toMatchObject({
    status: 429,
  });
});
