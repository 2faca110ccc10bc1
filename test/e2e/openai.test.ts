/**
 * The official client of the OpenAI API over a real socket: what its users see of the mock, and what the mock sees of
 * them. Nothing here knows how the mock works inside.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  NotFoundError,
  RateLimitError,
  UnprocessableEntityError,
} from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { printCassette } from "../../src/cassette/format/print.ts";
import type { Cassette, Interaction } from "../../src/cassette/format/types.ts";
import type { Trace } from "../../src/exchange/exchange.ts";
import { BUNDLED, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { HANG_MS } from "../support/limits.ts";
import { temporaryFolder } from "../support/tmp.ts";

type Chat = OpenAI.Chat.ChatCompletionCreateParams;

const MODEL = "qwen3-coder";
const CAPITAL: Pick<Chat, "model" | "messages"> = {
  model: MODEL,
  messages: [
    { role: "system", content: "Réponds en une phrase, en français." },
    { role: "user", content: "Quelle est la capitale de la France ?" },
  ],
};
const WEATHER = {
  name: "get_weather",
  description: "Donne la météo actuelle d'une ville",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const WEATHER_QUESTION: Pick<Chat, "model" | "messages" | "tool_choice"> = {
  model: MODEL,
  messages: [{ role: "user", content: "Quel temps fait-il à Paris ?" }],
  tool_choice: "auto",
};
const CITY: Pick<Chat, "model" | "messages" | "response_format"> = {
  model: MODEL,
  messages: [{ role: "user", content: "Donne la fiche de la ville de Lyon." }],
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "city",
      schema: {
        type: "object",
        properties: {
          name: { type: "string" },
          country: { type: "string" },
          population: { type: "integer" },
        },
        required: ["name", "country", "population"],
        additionalProperties: false,
      },
    },
  },
};

const SLOW: Pick<Chat, "model" | "messages"> = {
  model: MODEL,
  messages: [{ role: "user", content: "Prends ton temps." }],
};

const folder = temporaryFolder("openai");

/** Where a cassette of this test's own lies. */
function fileOf(name: string, interactions: readonly Interaction[]): string {
  const file = join(folder, `${name}.cassette.json`);
  const cassette: Cassette = {
    cassette: 1,
    about: { title: name, origin: "written", ogl: "0.4.5" },
    interactions,
  };
  writeFileSync(file, printCassette(cassette));
  return file;
}

const traces: Trace[] = [];
const onTrace = (trace: Trace): void => void traces.push(trace);
afterEach(() => void traces.splice(0));

/** What the mock made of the requests of a test, once it has told of so many. */
async function seen(count: number): Promise<string[]> {
  await vi.waitFor(() => expect(traces).toHaveLength(count), { timeout: HANG_MS, interval: 5 });
  return traces.map(({ operation, findings, answer, delivery }) => {
    const messages = findings.map((finding) => finding.message).join();
    return [operation, answer.script.head?.status, delivery.ended, messages]
      .filter((part) => part !== undefined && part !== "")
      .join(" ");
  });
}

/** The error that a call ends with. */
async function failure(call: PromiseLike<unknown>): Promise<InstanceType<typeof APIError>> {
  const error = await Promise.resolve(call).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof APIError)) throw new Error(`no APIError but ${String(error)}`);
  return error;
}

async function textOf(stream: AsyncIterable<OpenAI.Chat.ChatCompletionChunk>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

function clientOf(url: string): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-test", maxRetries: 0, timeout: HANG_MS });
}

describe("the bundled library, asked by the openai package", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeAll(async () => {
    mock = await startMock({ speed: Infinity, strict: true, keepAliveMs: HANG_MS, onTrace });
    client = clientOf(mock.url);
  });
  afterAll(() => mock.close());

  it("lists the models", async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids).toContain(MODEL);
    expect(ids).toContain("nomic-embed-text");
    expect(await seen(1)).toEqual(["models.list 200 complete"]);
  });

  it("gives one model, also by an alias with a slash", async () => {
    expect(await client.models.retrieve(MODEL)).toMatchObject({
      id: MODEL,
      object: "model",
      owned_by: "OpenGateLLM",
    });
    expect(await client.models.retrieve("org/coder alias")).toMatchObject({ id: MODEL });
    expect(await seen(2)).toEqual(["models.get 200 complete", "models.get 200 complete"]);
  });

  it.each([
    ["one text", "le château fort de Carcassonne", 1],
    ["two texts", ["Paris est la capitale.", "Lyon est en Rhône-Alpes."], 2],
  ])("embeds %s", async (_, input, count) => {
    const { data, usage, model } = await client.embeddings.create({
      model: "nomic-embed-text",
      input,
      encoding_format: "float",
    });
    expect(data.map(({ index }) => index)).toEqual([...Array(count).keys()]);
    for (const { embedding } of data) {
      expect(embedding).toHaveLength(768);
      expect(Math.hypot(...embedding)).toBeGreaterThan(0);
    }
    expect(model).not.toBe("");
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    expect(await seen(1)).toEqual(["embeddings.create 200 complete"]);
  });

  it("answers a chat as JSON", async () => {
    const { choices, usage, id, object } = await client.chat.completions.create({
      ...CAPITAL,
      temperature: 0,
      max_completion_tokens: 64,
    });
    expect(object).toBe("chat.completion");
    expect(id).toMatch(/^chatcmpl-/);
    expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { role: "assistant" } });
    expect(choices[0]?.message.content).toContain("Paris");
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    expect(await seen(1)).toEqual(["chat.create 200 complete"]);
  });

  it("answers a chat without a system message", async () => {
    const { choices } = await client.chat.completions.create({
      ...CAPITAL,
      messages: CAPITAL.messages.slice(1),
    });
    expect(choices[0]?.message.content).toContain("Paris");
  });

  it("streams a chat, the same text as its JSON", async () => {
    const json = await client.chat.completions.create(CAPITAL);
    const chunks: OpenAI.Chat.ChatCompletionChunk[] = [];
    for await (const chunk of await client.chat.completions.create({ ...CAPITAL, stream: true }))
      chunks.push(chunk);
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
    expect(text).toBe(json.choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === "stop")).toHaveLength(1);
    expect(await seen(2)).toEqual(["chat.create 200 complete", "chat.stream 200 complete"]);
  });

  it("streams a greeting", async () => {
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages: [
        { role: "system", content: "Réponds très brièvement en français." },
        { role: "user", content: "Salut, dis bonjour." },
      ],
      stream: true,
    });
    expect(await textOf(stream)).toMatch(/bonjour/i);
  });

  it("calls a tool, as JSON and as a stream", async () => {
    const question = { ...WEATHER_QUESTION, tools: [{ type: "function", function: WEATHER } as const] };
    const json = await client.chat.completions.create(question);
    const streamed = await client.chat.completions.stream(question).finalChatCompletion();
    for (const { choices } of [json, streamed]) {
      expect(choices[0]?.finish_reason).toBe("tool_calls");
      const [call] = choices[0]?.message.tool_calls ?? [];
      if (call?.type !== "function") throw new Error(`no function is called: ${JSON.stringify(choices)}`);
      expect(call.function.name).toBe("get_weather");
      expect(JSON.parse(call.function.arguments)).toEqual({ city: "Paris" });
    }
    expect(await seen(2)).toEqual(["chat.create 200 complete", "chat.stream 200 complete"]);
  });

  it.each([true, false])("goes through a whole conversation with a tool (stream: %s)", async (stream) => {
    const cities: unknown[] = [];
    const run = (args: unknown): string => {
      cities.push(args);
      return "18 °C";
    };
    const tools = [
      {
        type: "function" as const,
        function: { ...WEATHER, function: run, parse: (text: string): object => JSON.parse(text) as object },
      },
    ];
    const runner = stream
      ? client.chat.completions.runTools({ ...WEATHER_QUESTION, tools, stream: true })
      : client.chat.completions.runTools({ ...WEATHER_QUESTION, tools });
    expect(await runner.finalContent()).toContain("18 °C");
    expect(cities).toEqual([{ city: "Paris" }]);
    expect(await seen(2)).toEqual(Array(2).fill(`chat.${stream ? "stream" : "create"} 200 complete`));
  });

  it("answers in a structure, as JSON and as a stream", async () => {
    const json = await client.chat.completions.create(CITY);
    const streamed = await textOf(await client.chat.completions.create({ ...CITY, stream: true }));
    for (const text of [json.choices[0]?.message.content ?? "", streamed]) {
      expect(JSON.parse(text)).toEqual({ name: "Lyon", country: "France", population: expect.any(Number) });
    }
  });

  it("answers many at once, each its own", async () => {
    const calls = Array.from({ length: 40 }, async (_, i) => {
      const streamed =
        i % 2 === 0 ? textOf(await client.chat.completions.create({ ...CITY, stream: true })) : undefined;
      return streamed ?? (await client.chat.completions.create(CAPITAL)).choices[0]?.message.content;
    });
    const texts = await Promise.all(calls);
    for (const [i, text] of texts.entries()) expect(text).toContain(i % 2 === 0 ? "Lyon" : "Paris");
    expect(new Set(await seen(40))).toEqual(
      new Set(["chat.create 200 complete", "chat.stream 200 complete"]),
    );
  });

  describe("surfaces", () => {
    it("a missing key as 401", async () => {
      const keyless = client.withOptions({ defaultHeaders: { authorization: null } });
      const error = await failure(keyless.models.list());
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error.status).toBe(401);
      expect(error.headers?.get("www-authenticate")).toBe("Bearer");
      expect(await seen(1)).toEqual(["models.list 401 complete"]);
    });

    it("a path that OGL does not have as 404", async () => {
      const error = await failure(client.fineTuning.jobs.list());
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error.status).toBe(404);
      expect(await seen(1)).toEqual(["404 complete"]);
    });

    it("a method that a path does not have as 405", async () => {
      expect((await failure(client.models.delete(MODEL))).status).toBe(405);
    });

    it.each([false, true])("a body against the OpenAPI as 422 (stream: %s)", async (stream) => {
      const error = await failure(client.chat.completions.create({ model: MODEL, stream } as Chat));
      expect(error).toBeInstanceOf(UnprocessableEntityError);
      expect(error.status).toBe(422);
      expect(await seen(1)).toEqual([
        expect.stringMatching(/^chat\.(?:create|stream) 422 complete .*messages/),
      ]);
    });

    it("a rate limit of the provider as 429", async () => {
      const error = await failure(
        client.chat.completions.create({ model: "t-e429", messages: [{ role: "user", content: "hi" }] }),
      );
      expect(error).toBeInstanceOf(RateLimitError);
      expect(error.status).toBe(429);
    });

    it("a request that no cassette has as 400, with what comes nearest", async () => {
      const error = await failure(
        client.chat.completions.create({ model: MODEL, messages: [{ role: "user", content: "?" }] }),
      );
      expect(error.status).toBe(400);
      expect(error.headers?.get("x-gatetape-miss")).toBe("1");
    });
  });
});

describe("a stream that the client leaves", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeAll(async () => {
    mock = await startMock({ cassettes: [fileOf("slow", slowStream()), BUNDLED], onTrace });
    client = clientOf(mock.url);
  });
  afterAll(() => mock.close());

  const left: [
    how: string,
    leave: (
      stream: AsyncIterable<unknown> & { controller: AbortController },
      own: AbortController,
    ) => Promise<void>,
  ][] = [
    [
      "by break",
      async (stream) => {
        for await (const _ of stream) break;
      },
    ],
    [
      "by the stream's own controller",
      async (stream) => {
        for await (const _ of stream) stream.controller.abort();
      },
    ],
    [
      "by the signal of the request",
      async (stream, own) => {
        for await (const _ of stream) own.abort();
      },
    ],
  ];

  it.each(left)("%s is reported as aborted, part of it sent", async (_, leave) => {
    const own = new AbortController();
    const stream = await client.chat.completions.create({ ...SLOW, stream: true }, { signal: own.signal });
    await leave(stream, own);
    expect(await seen(1)).toEqual(["chat.stream 200 aborted"]);
    expect(traces[0]?.delivery.writes).toBe(1);
    expect(traces[0]?.delivery.bytes).toBeGreaterThan(0);
    // The mock is there for the next one.
    expect((await client.chat.completions.create(CAPITAL)).choices[0]?.message.content).toContain("Paris");
  });

  it("before its first byte is reported as aborted, nothing sent", async () => {
    const own = new AbortController();
    const requested = client.chat.completions.create(
      { model: "t-hang", messages: [{ role: "user", content: "hi" }], stream: true },
      { signal: own.signal },
    );
    setTimeout(() => own.abort(), 100);
    await expect(requested).rejects.toBeInstanceOf(APIUserAbortError);
    await seen(1);
    expect(traces[0]?.delivery).toMatchObject({ ended: "aborted", writes: 0, bytes: 0 });
  });
});

describe("conversations at the same time, told apart by the base URL", () => {
  let mock: RunningMock;
  beforeAll(async () => {
    const file = fileOf("turns", turns("un", "deux", "trois"));
    mock = await startMock({ cassettes: [file], speed: Infinity, onTrace });
  });
  afterAll(() => mock.close());

  const say = async (session: string): Promise<string | null | undefined> => {
    const client = new OpenAI({ baseURL: `${mock.url}/s/${session}/v1`, apiKey: "sk-test", maxRetries: 0 });
    const { choices } = await client.chat.completions.create({
      model: MODEL,
      messages: [{ role: "user", content: "Continue." }],
    });
    return choices[0]?.message.content;
  };

  it("are each played from their own beginning", async () => {
    const talks = ["anna", "bob", "chloé"].map(async (name) => {
      const session = encodeURIComponent(name);
      return [await say(session), await say(session), await say(session)];
    });
    expect(await Promise.all(talks)).toEqual(talks.map(() => ["un", "deux", "trois"]));
    expect(await seen(9)).toEqual(Array(9).fill("chat.create 200 complete"));
    expect(new Set(traces.map(({ request }) => request.target))).toEqual(new Set(["/v1/chat/completions"]));
    expect(new Set(traces.map(({ session }) => session)).size).toBe(3);
  });

  it("are a miss when they are over, and begin anew after a reset", async () => {
    for (const expected of ["un", "deux", "trois"]) expect(await say("dora")).toBe(expected);
    const error = await failure(say("dora"));
    expect(error.status).toBe(400);
    expect(error.headers?.get("x-gatetape-miss")).toBe("1");
    mock.resetSession("dora");
    expect(await say("dora")).toBe("un");
  });
});

/** Answers the same question with each text in turn. */
function turns(...texts: string[]): Interaction[] {
  return texts.map((content, i) => {
    const choice = { index: 0, message: { role: "assistant", content }, finish_reason: "stop" };
    return {
      name: `turn ${i + 1}`,
      request: chatRequest({ model: MODEL, messages: [{ role: "user", content: "Continue." }] }),
      match: { play: "sequence" },
      response: {
        status: 200,
        framing: "length",
        headers: [
          ["content-length", null],
          ["content-type", "application/json"],
        ],
        body: [{ wait: 0, json: { ...completion("chat.completion"), choices: [choice] } }],
      },
    };
  });
}

/** A stream whose second event comes later than any test waits. */
function slowStream(): Interaction[] {
  const event = (content: string): unknown => ({
    ...completion("chat.completion.chunk"),
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  });
  return [
    {
      name: "a slow stream",
      request: chatRequest({ ...SLOW, stream: true }),
      response: {
        status: 200,
        framing: "chunked",
        headers: [
          ["content-type", "text/event-stream; charset=utf-8"],
          ["Transfer-Encoding", null],
        ],
        body: [{ wait: 0, sse: event("Je ") }, { wait: 60_000, sse: event("réfléchis.") }, { sse: "[DONE]" }],
      },
    },
  ];
}

function chatRequest(json: object): Interaction["request"] {
  return {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json,
  };
}

function completion(object: string): object {
  return { id: "chatcmpl-1", object, created: 1_795_263_500, model: MODEL };
}
