/** Replies: one line says what is answered, in JSON and as a stream, over real sockets. */
import OpenAI, { APIError, RateLimitError } from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { PlayedError, ReplyError } from "../../src/mock/index.ts";
import type { World } from "../../src/ogl/state/types.ts";
import type { OglVersion } from "../../src/openapi/index.ts";

const MODEL = "qwen3-coder";
const user = (content: string): OpenAI.ChatCompletionMessageParam => ({ role: "user", content });
const WEATHER: OpenAI.ChatCompletionTool = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: {} } },
};

const clientOf = (mock: RunningMock, session?: string): OpenAI =>
  new OpenAI({ baseURL: mock.baseUrl(session), apiKey: "sk-x", maxRetries: 0 });

async function said(
  client: OpenAI,
  messages: OpenAI.ChatCompletionMessageParam[],
  more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {},
): Promise<string | null | undefined> {
  const answer = await client.chat.completions.create({ model: MODEL, messages, ...more });
  return answer.choices[0]?.message.content;
}

async function streamed(client: OpenAI, messages: OpenAI.ChatCompletionMessageParam[]): Promise<string> {
  let text = "";
  for await (const { choices } of await client.chat.completions.create({
    model: MODEL,
    messages,
    stream: true,
  }))
    text += choices[0]?.delta.content ?? "";
  return text;
}

const started = (options: MockOptions = {}): Promise<RunningMock> =>
  startMock({ speed: Infinity, ...options });

describe.each<OglVersion>(["0.4.1", "0.4.5", "next"])("a reply of OGL %s", (ogl) => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeEach(async () => {
    mock = await started({ ogl });
    client = clientOf(mock);
  });
  afterEach(() => mock.close());

  it("is a text, in JSON and as a stream, also for a recorded prompt", async () => {
    const prompts = [user("Quelle est la capitale de la France ?"), user("anything else")];
    mock.reply("Bonjour");
    for (const prompt of prompts) {
      expect(await said(client, [prompt])).toBe("Bonjour");
      expect(await streamed(client, [prompt])).toBe("Bonjour");
    }
    expect(mock.calls({ by: "reply" })).toHaveLength(4);
    expect(mock.calls()[0]).toMatchObject({
      operation: "chat.create",
      model: MODEL,
      findings: [],
      status: 200,
      by: { kind: "reply", from: "reply", id: 1 },
    });
  });

  it("is a tool call", async () => {
    mock.reply({ toolCalls: [{ name: "get_weather", arguments: { city: "Lyon" } }] });
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [user("weather?")],
      tools: [WEATHER],
    });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: {
        content: null,
        tool_calls: [{ function: { name: "get_weather", arguments: '{"city": "Lyon"}' } }],
      },
    });
    const calls: string[] = [];
    const stream = client.chat.completions.stream({ model: MODEL, messages: [user("weather?")] });
    stream.on("tool_calls.function.arguments.done", (done) => calls.push(`${done.name} ${done.arguments}`));
    await stream.finalChatCompletion();
    expect(calls).toEqual(['get_weather {"city": "Lyon"}']);
  });

  it("is a refusal", async () => {
    mock.reply({ error: { status: 429, message: "Slow down" } });
    await expect(said(client, [user("hi")])).rejects.toThrow(RateLimitError);
    const error: unknown = await streamed(client, [user("hi")]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429 });
    expect(error).toBeInstanceOf(APIError);
  });

  it("is a vector, a score, and nothing to operations that it says nothing to", async () => {
    mock.reply({ embeddings: [[0.6, 0.8]] });
    mock.reply({ scores: [0.25, 0.75] }, { when: { model: "rerank-tei" } });
    mock.reply("a chat's");
    const answer = await client.embeddings.create({
      model: "nomic-embed-text",
      input: "x",
      encoding_format: "float",
    });
    expect(answer.data[0]?.embedding).toEqual([0.6, 0.8]);
    const ranked = await fetch(`${mock.baseUrl()}/rerank`, {
      method: "POST",
      headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
      body: JSON.stringify({ model: "rerank-tei", query: "q", documents: ["a", "b"] }),
    });
    const { results } = (await ranked.json()) as { results: { index: number; relevance_score: number }[] };
    expect(results).toMatchObject([
      { index: 1, relevance_score: 0.75 },
      { index: 0, relevance_score: 0.25 },
    ]);
    expect(await said(client, [user("hi")])).toBe("a chat's");
  });

  it("obeys the request's parameters", async () => {
    mock.reply("one two three four five six seven eight");
    const answer = await client.chat.completions.create({
      model: MODEL,
      messages: [user("count")],
      max_tokens: 3,
      n: 2,
    });
    expect(answer.choices).toHaveLength(2);
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(await said(client, [user("count")], { stop: [" four"] })).toBe("one two three");
  });
});

describe("conditions", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeEach(async () => {
    mock = await started({ cassettes: [] });
    client = clientOf(mock);
    mock.reply("no other");
  });
  afterEach(() => mock.close());

  it("are a text in the last message, or a pattern", async () => {
    mock.reply("substring", { when: { message: "weather" } });
    mock.reply("pattern", { when: { message: "/^WHO/i" } });
    mock.reply("RegExp", { when: { message: /why\?$/ } });
    expect(await said(client, [user("the weather today")])).toBe("substring");
    expect(await said(client, [user("who is it")])).toBe("pattern");
    expect(await said(client, [user("tell me why?")])).toBe("RegExp");
    expect(await said(client, [user("weather"), user("nothing")])).toBe("no other");
  });

  it("are a model, a system message, a turn, a tool", async () => {
    mock.reply("of the model", { when: { model: "coder-alias" } });
    mock.reply("terse", { when: { system: "be terse" } });
    mock.reply("second turn", { when: { turn: 1 } });
    mock.reply("tool", { when: { tool: "get_weather" } });
    const chat = (messages: OpenAI.ChatCompletionMessageParam[], more = {}): Promise<unknown> =>
      said(client, messages, more);
    expect(await chat([user("x")], { model: "coder-alias" })).toBe("of the model");
    expect(await chat([{ role: "system", content: "Please be terse." }, user("x")])).toBe("terse");
    expect(await chat([user("x"), { role: "assistant", content: "y" }, user("z")])).toBe("second turn");
    expect(await chat([user("x")], { tools: [WEATHER] })).toBe("tool");
    const call = { id: "c1", type: "function" as const, function: { name: "get_weather", arguments: "{}" } };
    const result: OpenAI.ChatCompletionMessageParam[] = [
      user("x"),
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "c1", content: "sunny" },
    ];
    expect(await chat(result)).toBe("tool");
    expect(await chat([...result, user("and now?")])).toBe("second turn");
  });

  it("are an operation, and the input of embeddings", async () => {
    mock.reply("streams only", { when: { operation: "chat.stream" } });
    mock.reply({ embeddings: [[1, 0]] }, { when: { operation: "embeddings.*", message: "Brest" } });
    expect(await said(client, [user("x")])).toBe("no other");
    expect(await streamed(client, [user("x")])).toBe("streams only");
    const embed = async (input: string): Promise<number | undefined> =>
      (await client.embeddings.create({ model: "nomic-embed-text", input, encoding_format: "float" })).data[0]
        ?.embedding.length;
    expect([await embed("the town of Brest"), await embed("Nice")]).toEqual([2, 768]);
  });

  it("that name a model let it exist, as long as no world says otherwise", async () => {
    mock.reply("I am gpt-4o", { when: { model: "gpt-4o" } });
    expect(await said(client, [user("x")], { model: "gpt-4o" })).toBe("I am gpt-4o");
    await expect(said(client, [user("x")], { model: "gpt-5" })).rejects.toMatchObject({ status: 404 });
    await using named = await started({ world: { models: [{ id: MODEL, type: "text-generation" }] } });
    named.reply("I am gpt-4o", { when: { model: "gpt-4o" } });
    await expect(said(clientOf(named), [user("x")], { model: "gpt-4o" })).rejects.toMatchObject({
      status: 404,
    });
    await using strict = await started({ strict: true, world: "off", cassettes: [] });
    strict.reply("still", { when: { model: "gpt-4o" } });
    expect(await said(clientOf(strict), [user("x")], { model: "gpt-4o" })).toBe("still");
  });

  it("hold for a request that is read in a thread", async () => {
    mock.reply("long", { when: { message: "needle" } });
    expect(await said(client, [user(`${"hay ".repeat(17_000)}needle`)])).toBe("long");
  });
});

describe("which reply is given", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeEach(async () => {
    mock = await started({ cassettes: [], replies: [{ reply: "configured" }] });
    client = clientOf(mock);
  });
  afterEach(() => mock.close());
  const next = (): Promise<unknown> => said(client, [user("x")]);

  it("the newest, until it is used up or removed", async () => {
    const old = mock.reply("old");
    const once = mock.reply("once", { times: 1 });
    expect([await next(), await next(), once.used]).toEqual(["once", "old", 1]);
    old.remove();
    expect(await next()).toBe("configured");
    {
      using block = mock.reply("in this block");
      expect([await next(), block.used]).toEqual(["in this block", 1]);
    }
    expect(await next()).toBe("configured");
  });

  it("those of a list one after the other, the last one again and again", async () => {
    mock.reply(["first", { content: "second" }]);
    expect([await next(), await next(), await next()]).toEqual(["first", "second", "second"]);
  });

  it("a session's own first; uses are counted for each session, and a reset forgets both", async () => {
    mock.reply("twice", { times: 2 });
    mock.reply("own", { session: "a", times: 1 });
    const [a, b] = [clientOf(mock, "a"), clientOf(mock, "b")];
    const of = (one: OpenAI): Promise<unknown> => said(one, [user("x")]);
    expect([await of(a), await of(a), await of(a), await of(a)]).toEqual([
      "own",
      "twice",
      "twice",
      "configured",
    ]);
    expect([await of(b), await of(b), await of(b)]).toEqual(["twice", "twice", "configured"]);
    mock.resetSession("a");
    expect(await of(a)).toBe("twice");
    expect(await of(b)).toBe("configured");
  });

  it("that of a function, which may leave a request to the others", async () => {
    mock.reply(({ body, model }) => ("seed" in body ? `${model} with a seed` : undefined));
    expect(await said(client, [user("x")], { seed: 1 })).toBe(`${MODEL} with a seed`);
    expect(await next()).toBe("configured");
    mock.reply(() => ({ conten: "x" }) as never);
    await expect(next()).rejects.toMatchObject({
      status: 500,
      message: expect.stringContaining("did you mean") as string,
    });
  });

  it("the answer still gets the faults of the mock", async () => {
    await using faulty = await started({ faults: ["chat.stream=missing-done"] });
    faulty.reply("Bonjour");
    const answer = await fetch(`${faulty.baseUrl()}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
      body: JSON.stringify({ model: MODEL, messages: [user("x")], stream: true }),
    });
    const text = await answer.text();
    expect(text).toContain('"content":"Bon"');
    expect(text).not.toContain("[DONE]");
    expect(faulty.calls()[0]?.faults).toEqual([{ fault: "missing-done", applied: true }]);
  });

  it("keys, limits and validation come before them", async () => {
    const world: World = {
      models: [{ id: MODEL, type: "text-generation" }],
      keys: [{ key: "sk-known", limits: [{ model: MODEL, type: "rpm", value: 2 }] }],
    };
    await using strict = await started({ world, replies: [{ reply: "a" }] });
    const statusOf = async (key: string, body: object): Promise<number> => {
      const answer = await fetch(`${strict.baseUrl()}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      await answer.text();
      return answer.status;
    };
    const right = { model: MODEL, messages: [user("x")] };
    expect(await statusOf("sk-unknown", right)).toBe(403);
    expect(await statusOf("sk-known", { model: MODEL })).toBe(422);
    expect([await statusOf("sk-known", right), await statusOf("sk-known", right)]).toEqual([200, 429]);
  });

  it("an interaction that was added goes before replies", async () => {
    mock.reply("to everything");
    mock.stubs.add({
      name: "down",
      request: {
        method: "POST",
        target: "/v1/chat/completions",
        headers: [["content-type", "application/json"]],
        json: { model: MODEL, messages: [{ role: "user", content: "x" }] },
      },
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
    await expect(next()).rejects.toMatchObject({ status: 503 });
    expect(await said(client, [user("y")])).toBe("to everything");
  });

  it("respond is asked after them, and before the cassettes", async () => {
    await using own = await started({ respond: () => "respond's", replies: [{ reply: "a", times: 1 }] });
    const ask = (): Promise<unknown> => said(clientOf(own), [user("Quelle est la capitale de la France ?")]);
    expect([await ask(), await ask()]).toEqual(["a", "respond's"]);
    expect(own.calls().at(-1)?.by).toEqual({ kind: "reply", from: "respond" });
  });
});

describe("a reply that can't be given", () => {
  it.each<[unknown, object, Partial<ReplyError>]>([
    [{ conten: "x" }, {}, { code: "schema", location: { file: "reply", pointer: "/reply/conten" } }],
    [{}, {}, { code: "empty", location: { file: "reply", pointer: "/reply" } }],
    [[], {}, { code: "schema", location: { file: "reply", pointer: "/reply" } }],
    [["a", {}], {}, { code: "empty", location: { file: "reply", pointer: "/reply/1" } }],
    [5, {}, { code: "schema" }],
    ["x", { times: 0 }, { code: "schema", location: { file: "reply", pointer: "/times" } }],
    ["x", { time: 1 }, { code: "schema", location: { file: "reply", pointer: "/time" } }],
    [
      "x",
      { when: { message: "/(/" } },
      { code: "pattern", location: { file: "reply", pointer: "/when/message" } },
    ],
    [
      "x",
      { when: { operation: "models.list" } },
      { code: "operation", location: { file: "reply", pointer: "/when/operation" } },
    ],
    [
      { error: { status: 200, message: "fine" } },
      {},
      { code: "schema", location: { file: "reply", pointer: "/reply/error/status" } },
    ],
    [
      { toolCalls: [{ arguments: {} }] },
      {},
      { code: "schema", location: { file: "reply", pointer: "/reply/toolCalls/0" } },
    ],
  ])("%j with %j", async (reply, options, expected) => {
    await using mock = await started();
    const error = thrownBy(() => mock.reply(reply as never, options as never));
    expect(error).toBeInstanceOf(ReplyError);
    expect(error).toMatchObject(expected);
    expect((error as ReplyError).fix).toMatch(/\w/);
    expect(mock.replies.list).toEqual([]);
  });

  it("of the options stops the start", async () => {
    await expect(
      started({ replies: [{ reply: "x" }, { reply: { content: 5 } as never }] }),
    ).rejects.toMatchObject({
      code: "schema",
      location: { file: "the options", pointer: "/replies/1/reply/content" },
    });
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("the control API", () => {
  let mock: RunningMock;
  beforeEach(async () => {
    mock = await started({ cassettes: [] });
  });
  afterEach(() => mock.close());
  const control = async (method: string, path: string, body?: string): Promise<[number, unknown]> => {
    const init = body === undefined ? { method } : { method, body };
    const answer = await fetch(`${mock.url}/__gatetape${path}`, init);
    const text = await answer.text();
    return [answer.status, text === "" ? undefined : JSON.parse(text)];
  };
  const ask = (session?: string): Promise<unknown> => said(clientOf(mock, session), [user("x")]);

  it("adds a reply, a list of them, or a text alone; lists and removes them", async () => {
    expect(await control("POST", "/replies", '{"reply":"one","when":{"model":"/^qwen/"},"times":1}')).toEqual(
      [201, { id: 1 }],
    );
    expect(await ask()).toBe("one");
    expect(await control("POST", "/replies?session=s", '["of s", {"reply":"later"}]')).toEqual([
      201,
      { ids: [3, 2] },
    ]);
    expect(await ask("s")).toBe("of s");
    expect(await control("GET", "/replies")).toEqual([
      200,
      {
        replies: [
          { id: 3, reply: "of s", session: "s", given: false, used: 1 },
          { id: 2, reply: "later", session: "s", given: false, used: 0 },
          { id: 1, reply: "one", when: { model: "/^qwen/" }, times: 1, session: null, given: false, used: 1 },
        ],
      },
    ]);
    expect(await control("DELETE", "/replies/3")).toEqual([204, undefined]);
    expect(await ask("s")).toBe("later");
    expect((await control("DELETE", "/replies/3"))[0]).toBe(404);
    expect(await control("DELETE", "/replies?session=s")).toEqual([204, undefined]);
    expect(await ask("s")).not.toBe("later");
    await control("DELETE", "/replies");
    expect(mock.replies.list).toEqual([]);
  });

  it.each([
    ["{", "not-json", ""],
    ["5", "schema", ""],
    ['[{"reply":"x"},{"repl":"x"}]', "schema", "/1"],
    ['{"reply":"x","when":{"mesage":"x"}}', "schema", "/when/mesage"],
    ['{"reply":"x","when":{"operation":"chat.crate"}}', "operation", "/when/operation"],
  ])("refuses %s with its place and a fix", async (body, code, pointer) => {
    const [status, answer] = await control("POST", "/replies", body);
    expect(status).toBe(400);
    expect((answer as { problems: unknown[] }).problems[0]).toMatchObject({
      code,
      pointer,
      reason: expect.stringMatching(/\w/) as string,
      fix: expect.stringMatching(/\w/) as string,
    });
    expect(mock.replies.list).toEqual([]);
  });
});

describe("calls", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeEach(async () => {
    mock = await started();
    client = clientOf(mock);
    await said(client, [user("my key is sk-abcdefghijklmnopqrstuvwxyz123456 for alice@example.com")]);
    await streamed(clientOf(mock, "s"), [user("weather")]);
    await said(client, [user("hi")], { model: "nope" }).catch(() => undefined);
  });
  afterEach(() => mock.close());

  it("are what was asked, without secrets", () => {
    expect(
      mock.calls().map(({ operation, model, status, session }) => [operation, model, status, session]),
    ).toEqual([
      ["chat.create", MODEL, 200, ""],
      ["chat.stream", MODEL, 200, "s"],
      ["chat.create", "nope", 404, ""],
    ]);
    const text = JSON.stringify(mock.calls());
    expect(text).not.toContain("abcdefghijklmnopqrstuvwxyz");
    expect(text).not.toContain("alice@example.com");
  });

  it("are chosen by what they asked, and how they were answered", () => {
    const ids = (filter: Parameters<RunningMock["calls"]>[0]): number[] =>
      mock.calls(filter).map(({ id }) => id);
    expect(ids({ operation: "chat.*" })).toEqual([1, 2, 3]);
    expect(ids({ model: MODEL })).toEqual([1, 2]);
    expect(ids({ message: /alice@/ })).toEqual([1]);
    expect(ids({ session: "s" })).toEqual([2]);
    expect(ids({ status: 404 })).toEqual([3]);
    expect(ids({ by: "synthesizer" })).toEqual([1, 2]);
    expect(ids({ body: { stream: true } })).toEqual([2]);
    expect(ids({ turn: 1 })).toEqual([]);
  });

  it("name the model of a body of which the journal keeps only a part", async () => {
    await said(client, [user("hay ".repeat(21_000))]);
    expect(
      mock
        .calls({ model: MODEL })
        .map(({ id, model }) => [id, model])
        .at(-1),
    ).toEqual([4, MODEL]);
    expect(mock.calls({ message: "hay" })).toEqual([]);
  });

  it("can't be chosen by what nothing has", () => {
    expect(() => mock.calls({ modell: "x" } as never)).toThrow('did you mean "model"?');
    expect(() => mock.calls({ operation: "chat.creat" })).toThrow("did you mean chat.create?");
    expect(() => mock.calls({ message: "/(/" })).toThrow(ReplyError);
    expect(() => mock.calls({ by: "me" as never })).toThrow("use one of reply, cassette, ogl");
  });

  it("are counted by the control API", async () => {
    const get = async (query: string): Promise<[number, Record<string, unknown>]> => {
      const answer = await fetch(`${mock.url}/__gatetape/calls${query}`);
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    expect(await get("?operation=chat.*&model=nope")).toMatchObject([
      200,
      { count: 1, calls: [{ id: 3, status: 404 }] },
    ]);
    expect(await get("?turn=0&session=s")).toMatchObject([200, { count: 1 }]);
    expect(await get("?modle=x")).toMatchObject([400, { problems: [{ fix: "did you mean model?" }] }]);
    expect((await get("?turn=x"))[0]).toBe(400);
    expect((await get("?operation=chat.creat"))[0]).toBe(400);
  });
});

describe("expectAllPlayed", () => {
  const interaction = (name: string): object => ({
    name,
    request: { method: "GET", target: `/v1/${name}` },
    response: {
      status: 200,
      framing: "length",
      headers: [["content-length", null]],
      body: [{ text: name }],
    },
    waivers: [{ pointer: "/response", reason: "not the real answer" }],
  });
  const get = (mock: RunningMock, path: string, session?: string): Promise<Response> =>
    fetch(`${mock.baseUrl(session)}/${path}`, { headers: { authorization: "Bearer sk-x" } });

  it("passes if all was played and nothing else was asked", async () => {
    await using mock = await started();
    mock.stubs.add([interaction("a"), interaction("b")]);
    mock.reply("hello");
    await get(mock, "a");
    mock.stubs.add(interaction("c")); // the library of added interactions is made anew
    await get(mock, "b");
    await get(mock, "c");
    await said(clientOf(mock), [user("x")]);
    expect(() => mock.expectAllPlayed()).not.toThrow();
  });

  it("names what was not played, and what else was asked", async () => {
    await using mock = await started();
    mock.stubs.add([interaction("a"), interaction("b")]);
    mock.reply("hello", { when: { message: "nobody says this" } });
    await get(mock, "a");
    await said(clientOf(mock), [user("x")]);
    const error = thrownBy(() => mock.expectAllPlayed());
    expect(error).toBeInstanceOf(PlayedError);
    expect((error as PlayedError).code).toBe("not-played");
    expect((error as PlayedError).message).toMatch(
      /^2 were not played:\n {2}GET \/v1\/b: "b" .*\n {2}reply 1: "hello"\n1 request got an answer that nobody recorded:\n {2}POST \/v1\/chat\/completions: the synthesizer: /,
    );
  });

  it("looks at one session alone", async () => {
    await using mock = await started();
    mock.stubs.add(interaction("a"), "one");
    mock.reply("hello", { session: "other" });
    await get(mock, "a", "one");
    await get(mock, "nothing");
    mock.expectAllPlayed("one");
    expect(() => mock.expectAllPlayed("other")).toThrow('reply 1: "hello"');
    expect(() => mock.expectAllPlayed()).toThrow(PlayedError);
  });

  it("says so if the journal has forgotten requests", async () => {
    await using mock = await started({ journalBytes: 1500 });
    for (let i = 0; i < 5; i++) await get(mock, "models");
    expect(thrownBy(() => mock.expectAllPlayed())).toMatchObject({ code: "dropped" });
    mock.journal.clear();
    mock.expectAllPlayed();
  });
});
