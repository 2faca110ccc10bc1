import { describe, expect, it } from "vitest";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";

const chat = { model: "m", messages: [{ role: "user", content: "one two three four five six seven" }] };
const model = {
  id: "m",
  type: "text-generation",
  aliases: ["n", "org/n"],
  costs: { prompt_tokens: 1, completion_tokens: 2 },
};
const vectors = { id: "v", type: "text-embeddings-inference" };

function worldWith(...keys: NonNullable<World["keys"]>): World {
  return { ogl: "0.4.1", models: [model, vectors], keys };
}

function started(world: World, options: MockOptions = {}): Promise<RunningMock> {
  // Four tokens, whatever is asked: what is counted of them is known.
  return startMock({ world, cassettes: [], speed: Infinity, respond: () => "Hello, world!", ...options });
}

async function post(
  mock: RunningMock,
  body: unknown,
  key = "sk-a",
  path = "/v1/chat/completions",
): Promise<[number, unknown]> {
  const response = await fetch(`${mock.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

async function get(mock: RunningMock, path: string, key = "sk-a"): Promise<[number, unknown]> {
  const response = await fetch(`${mock.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return [response.status, await response.json()];
}

describe("limits", () => {
  it("hold for a fixed window that begins with its first request, whatever the model is called by", async () => {
    let now = 1_000_000;
    const world = worldWith({ key: "sk-a", limits: [{ model: "m", type: "rpm", value: 2 }] });
    await using mock = await started(world, { now: () => now });
    const status = async (name = "m"): Promise<number> => (await post(mock, { ...chat, model: name }))[0];
    expect(await status()).toBe(200);
    now += 59_999;
    expect(await status("org/n")).toBe(200);
    expect(await post(mock, chat)).toEqual([
      429,
      { detail: "2 requests per minute exceeded (remaining: 0)." },
    ]);
    now += 1;
    expect(await status()).toBe(200);
  });

  it("count tokens as OGL does, and a request that is too much uses up the window", async () => {
    const world = worldWith({ key: "sk-a", limits: [{ model: "m", type: "tpd", value: 10 }] });
    await using mock = await started(world);
    expect((await post(mock, chat))[0]).toBe(200); // 7
    const short = { ...chat, messages: [{ role: "user", content: "hi" }] };
    expect((await post(mock, chat))[0]).toBe(429); // 14
    expect(await post(mock, short)).toEqual([
      429,
      { detail: "10 input tokens per day exceeded (remaining: 0)." },
    ]);
    const uncounted = {
      ...chat,
      messages: [{ role: "user", content: [{ type: "text", text: "one two three" }] }],
    };
    expect((await post(mock, uncounted))[0]).toBe(200); // a message of parts counts nothing
  });

  it("are of the user and of the session, and a session can begin again", async () => {
    const limits = [{ model: "m", type: "rpm", value: 1 }] as const;
    await using mock = await started(
      worldWith(
        { key: "sk-a", user: 5, limits },
        { key: "sk-b", user: 5, limits },
        { key: "sk-c", user: 6, limits },
      ),
    );
    const status = async (key: string, session = ""): Promise<number> =>
      (await post(mock, chat, key, `${session}/v1/chat/completions`))[0];
    expect([await status("sk-a"), await status("sk-b"), await status("sk-c")]).toEqual([200, 429, 200]);
    expect([
      await status("sk-a", "/s/x"),
      await status("sk-a", "/s/x"),
      await status("sk-a", "/s/y"),
    ]).toEqual([200, 429, 200]);
    mock.resetSession("x");
    expect([await status("sk-a", "/s/x"), await status("sk-a")]).toEqual([200, 429]);
  });

  it("of 0 hide nothing and let nothing through; an admin has none", async () => {
    const limits = [{ model: "m", type: "rpd", value: 0 }] as const;
    await using mock = await started(
      worldWith({ key: "sk-a", limits }, { key: "sk-b", limits, permissions: ["admin"] }),
    );
    expect((await get(mock, "/v1/models/n"))[0]).toBe(200);
    expect(await post(mock, chat)).toEqual([
      403,
      { detail: "Insufficient permissions to access the model." },
    ]);
    expect((await post(mock, chat, "sk-b"))[0]).toBe(200);
  });
});

describe("budgets", () => {
  it("shrink by what OGL counted, to nothing and not below, and only paid models ask for them", async () => {
    const world = worldWith({ key: "sk-a", budget: 0.00002 });
    await using mock = await started(world);
    const left = async (): Promise<number> =>
      ((await get(mock, "/v1/me/info"))[1] as { budget: number }).budget;
    const [, answer] = await post(mock, chat);
    expect((answer as { usage: { cost: number } }).usage.cost).toBe(0.000015); // 7 tokens at 1, 4 at 2
    expect(await left()).toBe(0.000005);
    expect((await post(mock, { ...chat, stream: undefined }))[0]).toBe(200);
    expect(await left()).toBe(0);
    expect(await post(mock, chat)).toEqual([400, { detail: "Insufficient budget." }]);
    expect((await post(mock, { model: "v", input: "a" }, "sk-a", "/v1/embeddings"))[0]).toBe(200);
  });

  it("are charged for a whole stream, and not for one that the client leaves", async () => {
    const ended: string[] = [];
    let notified = (): void => {};
    await using mock = await started(worldWith({ key: "sk-a", budget: 1 }), {
      speed: 1,
      onTrace: ({ delivery }) => {
        ended.push(delivery.ended);
        notified();
      },
    });
    const left = async (): Promise<number> =>
      ((await get(mock, "/v1/me/info"))[1] as { budget: number }).budget;
    const ask = (signal?: AbortSignal): Promise<Response> =>
      fetch(`${mock.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer sk-a", "content-type": "application/json" },
        body: JSON.stringify({ ...chat, stream: true }),
        ...(signal ? { signal } : {}),
      });
    expect(await (await ask()).text()).toContain("data: [DONE]");
    expect(await left()).toBe(0.999985);

    const usage = { prompt_tokens: 7, completion_tokens: 4, total_tokens: 11, cost: 0.5, requests: 1 };
    const chunk = { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [] };
    mock.stubs.add({
      name: "never ends",
      request: {
        method: "POST",
        target: "/v1/chat/completions",
        headers: [["content-type", "application/json"]],
        json: { ...chat, stream: true },
      },
      response: {
        status: 200,
        framing: "chunked",
        headers: [
          ["content-type", "text/event-stream; charset=utf-8"],
          ["Transfer-Encoding", null],
        ],
        body: [{ sse: { ...chunk, usage } }],
        end: { how: "complete", wait: 600_000 },
      },
    });
    const leaving = new AbortController();
    const stream = await ask(leaving.signal);
    await stream.body?.getReader().read();
    const before = ended.length;
    const heard = new Promise<void>((resolve) => (notified = resolve));
    leaving.abort();
    await heard;
    expect(ended.slice(before)).toEqual(["aborted"]);
    expect(await left()).toBe(0.999985);
  });
});

describe("what exists", () => {
  it("is what the world says, whatever is recorded", async () => {
    await using mock = await startMock({ world: worldWith({ key: "sk-a" }), ogl: "0.4.1", speed: Infinity });
    const [, list] = await get(mock, "/v1/models");
    expect((list as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(["m", "v"]);
    expect(await get(mock, "/v1/models/qwen3-coder")).toEqual([404, { detail: "Model not found." }]);
    expect(await post(mock, { ...chat, model: "qwen3-coder" })).toEqual([
      404,
      { detail: "Model not found." },
    ]);
    expect(await post(mock, { ...chat, model: "v" })).toEqual([422, { detail: "Wrong model type." }]);
  });

  it("is in the default world what the cassettes know, and any key is good", async () => {
    await using mock = await startMock({ speed: Infinity, strict: true });
    expect(await post(mock, { ...chat, model: "nope" }, "anything")).toEqual([
      404,
      { detail: "Model not found." },
    ]);
    expect(await get(mock, "/v1/models/nope")).toEqual([404, { detail: "Model nope not found." }]);
    const [status, body] = await post(mock, { ...chat, model: "qwen3-coder" });
    expect([status, (body as { detail: string }).detail]).toEqual([
      400,
      expect.stringMatching(/^gatetape: no cassette/),
    ]);
    expect((await fetch(`${mock.url}/v1/models`)).status).toBe(401);
  });

  it("is in a world without cassettes a few models that answer", async () => {
    await using mock = await startMock({ cassettes: [], speed: Infinity });
    const [, list] = await get(mock, "/v1/models");
    const [first] = (list as { data: { id: string }[] }).data;
    expect((await post(mock, { ...chat, model: first?.id }))[0]).toBe(200);
  });
});

describe("0.4.5 and next", () => {
  const keys = [
    { key: "sk-a", limits: [{ model: "m", type: "rpm", value: 1 }] as const },
    { key: "sk-gone", expired: "user" },
  ] as const;

  it("0.4.5 looks at keys everywhere and names the model that it lacks", async () => {
    await using mock = await started({ ...worldWith(...keys), ogl: "0.4.5" });
    expect(await get(mock, "/v1/models/x")).toEqual([404, { detail: "Model x not found." }]);
    expect(await get(mock, "/v1/models", "sk-gone")).toEqual([
      403,
      { detail: "Your account has expired. Please contact support to renew your account." },
    ]);
  });

  it("next words its refusals anew, says what is left, and prints chunks with blanks", async () => {
    await using mock = await started({ ...worldWith(...keys), ogl: "next" });
    expect(await get(mock, "/v1/models", "sk-wrong")).toEqual([401, { detail: "Invalid API key." }]);
    expect(await post(mock, { ...chat, model: "x" })).toEqual([404, { detail: "Model x not found." }]);
    expect(await post(mock, { ...chat, model: "v" })).toEqual([
      422,
      {
        detail:
          "Model has wrong type. Expected: text-generation, image-text-to-text. Actual: text-embeddings-inference.",
      },
    ]);
    const stream = await fetch(`${mock.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-a", "content-type": "application/json" },
      body: JSON.stringify({ ...chat, stream: true }),
    });
    expect(stream.headers.get("x-ratelimit-limit-request")).toBe("1");
    expect(stream.headers.get("x-ratelimit-limit-token")).toBe("None");
    const text = await stream.text();
    expect(text).toMatch(/^data: \{"id": "[0-9a-f]{32}", /);
    expect(text).toMatch(/"usage": \{"prompt_tokens": 7, [^}]*"impacts": /);
    expect(await post(mock, chat)).toEqual([429, { detail: "Request limit per minute exceeded." }]);
  });
});
