/** The synthesizer in its place: after world and cassettes, before what says that nobody knows. */
import OpenAI, { BadRequestError, UnprocessableEntityError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnsweredBy } from "../../../src/exchange/answered-by.ts";
import { type MockOptions, type RunningMock, startMock } from "../../../src/mock/mock.ts";

const CHAT = {
  model: "qwen3-coder",
  messages: [{ role: "user" as const, content: "Tell me about bridges." }],
};

interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly miss: boolean;
  /** Who answered, as the journal has it. */
  readonly by: AnsweredBy;
}

async function ask(mock: RunningMock, body: object, path = "/v1/chat/completions"): Promise<Answered> {
  const answer = await fetch(`${mock.url}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const last = [...mock.journal.lines()].at(-1) ?? "{}";
  return {
    status: answer.status,
    body: answer.headers.get("content-type") === "application/json" ? (JSON.parse(text) as unknown) : text,
    miss: answer.headers.has("x-gatetape-miss"),
    by: (JSON.parse(last) as { answer: { by: AnsweredBy } }).answer.by,
  };
}

const started = (options: MockOptions = {}): Promise<RunningMock> =>
  startMock({ speed: Infinity, ...options });

describe("what no cassette matches", () => {
  it("is synthesized, and the journal says so; with strict it is a miss", async () => {
    await using mock = await started();
    expect(await ask(mock, CHAT)).toMatchObject({
      status: 200,
      by: { kind: "synthesizer", how: "text in English on the last message's words" },
    });
    await using strict = await started({ strict: true });
    expect(await ask(strict, CHAT)).toMatchObject({ status: 400, miss: true });
  });

  it("is what a cassette has, where one has it", async () => {
    await using mock = await started();
    const question = { role: "user", content: "Quelle est la capitale de la France ?" };
    const { by } = await ask(mock, { model: "qwen3-coder", messages: [question] });
    expect(by).toMatchObject({
      kind: "cassette",
      interaction: expect.stringContaining("capital of France") as string,
    });
  });

  it("is a miss where a sequence is used up", async () => {
    await using mock = await started({ cassettes: [] });
    mock.stubs.add({
      name: "once",
      request: { method: "POST", target: "/v1/chat/completions", json: CHAT },
      match: { play: "once" },
      response: {
        status: 503,
        framing: "length",
        headers: [
          ["content-length", null],
          ["content-type", "application/json"],
        ],
        body: [{ json: { detail: "down" } }],
      },
    });
    expect((await ask(mock, CHAT)).status).toBe(503);
    expect(await ask(mock, CHAT)).toMatchObject({ status: 400, miss: true });
    expect((await ask(mock, { ...CHAT, seed: 1 })).status).toBe(200);
  });

  it("is a refusal of the world where that refuses, and nothing where it is off", async () => {
    await using mock = await started({ cassettes: [] });
    expect((await ask(mock, { ...CHAT, model: "nope" })).status).toBe(404);
    expect((await ask(mock, { model: "qwen3-coder", input: "x" }, "/v1/embeddings")).status).toBe(422);
    expect((await ask(mock, { model: "qwen3-coder" })).status).toBe(422);
    await using off = await started({ world: "off" });
    expect(await ask(off, CHAT)).toMatchObject({ status: 400, miss: true });
  });

  it("is what respond says, or an error of respond's", async () => {
    const seen: unknown[] = [];
    await using mock = await started({
      cassettes: [],
      respond: (request) => {
        seen.push(request);
        if (request.operation === "chat.stream") throw new Error("not like this");
        return request.model === "coder-alias" ? undefined : "mine";
      },
    });
    expect(await ask(mock, CHAT)).toMatchObject({
      status: 200,
      by: { kind: "reply", from: "respond" },
      body: { choices: [{ message: { content: "mine" } }] },
    });
    expect(seen).toEqual([{ operation: "chat.create", model: "qwen3-coder", body: CHAT, session: "" }]);
    expect((await ask(mock, { ...CHAT, model: "coder-alias" })).by).toMatchObject({
      kind: "synthesizer",
      how: expect.stringContaining("text in English") as string,
    });
    expect((await ask(mock, { ...CHAT, stream: true })).body).toEqual({
      detail: expect.stringContaining("not like this"),
    });
  });

  it("is the same from two mocks, and not of the session", async () => {
    await using one = await started();
    await using other = await started({
      cassettes: [],
      world: { models: [{ id: "qwen3-coder", type: "text-generation" }], keys: [{ key: "sk-x" }] },
    });
    const [a, b] = [await ask(one, CHAT), await ask(other, CHAT, "/s/mine/v1/chat/completions")];
    const completion = (body: unknown): unknown => (body as { choices: unknown }).choices;
    expect(completion(a.body)).toEqual(completion(b.body));
  });
});

describe("the openai package", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeAll(async () => {
    mock = await started({
      cassettes: [],
      world: {
        models: [
          { id: "qwen3-coder", type: "text-generation" },
          { id: "vectors", type: "text-embeddings-inference", dimension: 64 },
        ],
        keys: [{ key: "sk-x" }],
      },
    });
    client = new OpenAI({ baseURL: mock.baseUrl(), apiKey: "sk-x", maxRetries: 0 });
  });
  afterAll(() => mock.close());

  const tools: OpenAI.Chat.ChatCompletionTool[] = [
    {
      type: "function",
      function: {
        name: "get_weather",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    },
  ];
  const weather = {
    model: "qwen3-coder",
    messages: [{ role: "user" as const, content: "What is the weather in Nantes?" }],
  };

  it("reads text, and the same text from a stream", async () => {
    const whole = await client.chat.completions.create(CHAT);
    const stream = client.chat.completions.stream(CHAT);
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(final.choices[0]?.message.content).toMatch(/bridges/i);
    expect(whole.usage?.total_tokens).toBeGreaterThan(10);
  });

  it("runs functions until there is an answer", async () => {
    const request: unknown[] = [];
    const runner = client.chat.completions.runTools({
      ...weather,
      tool_choice: "auto",
      tools: [
        {
          type: "function",
          function: {
            name: "get_weather",
            description: "The weather of a city",
            parse: (text: string): unknown => JSON.parse(text),
            parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
            function: (args: unknown) => {
              request.push(args);
              return "12 degrees";
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toMatch(/12 degrees/);
    expect(request).toEqual([{ city: "Nantes" }]);
  });

  it("puts a call together from a stream", async () => {
    const stream = client.chat.completions.stream({ ...weather, tools, tool_choice: "required" });
    const [call] = (await stream.finalChatCompletion()).choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({
      type: "function",
      function: { name: "get_weather", arguments: '{"city": "Nantes"}' },
    });
  });

  it("parses structured output", async () => {
    const completion = await client.chat.completions.parse({
      ...weather,
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "place",
          strict: true,
          schema: {
            type: "object",
            properties: { city: { type: "string" }, warm: { type: "boolean" } },
            required: ["city", "warm"],
            additionalProperties: false,
          },
        },
      },
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ city: "Nantes", warm: expect.any(Boolean) });
  });

  it("reads vectors", async () => {
    const { data } = await client.embeddings.create({
      model: "vectors",
      input: ["a bridge", "two bridges"],
      encoding_format: "float",
    });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([64, 64]);
  });

  it("surfaces refusals", async () => {
    const named = { type: "function" as const, function: { name: "nope" } };
    await expect(client.chat.completions.create({ ...weather, tools, tool_choice: named })).rejects.toThrow(
      BadRequestError,
    );
    await expect(
      client.embeddings.create({ model: "qwen3-coder", input: "x", encoding_format: "float" }),
    ).rejects.toThrow(UnprocessableEntityError);
  });
});
