/** Large requests, which a thread reads: they get the answers that small ones get. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Interaction } from "../../src/cassette/format/types.ts";
import { type MockOptions, type RunningMock, startMock } from "../../src/mock/mock.ts";
import { temporaryFolder } from "../support/tmp.ts";

const folder = temporaryFolder("large");
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

const LONG = "word ".repeat(40_000);
const chat = (text: string, more: object = {}): object => ({
  model: "qwen3-coder",
  messages: [{ role: "user", content: text }],
  ...more,
});

function recorded(name: string, json: unknown, match?: Interaction["match"], key?: string): Interaction {
  return {
    name,
    request: {
      method: "POST",
      target: "/v1/chat/completions",
      headers: [
        ["content-type", "application/json"],
        ...(key === undefined ? [] : [["authorization", `Bearer ${key}`] as const]),
      ],
      json,
    },
    ...(match === undefined ? {} : { match }),
    response: { status: 200, framing: "length", headers: [["content-length", null]], body: [{ text: name }] },
    waivers: [{ pointer: "", reason: "not about the OpenAPI" }],
  };
}

let files = 0;
async function mockOf(interactions: readonly Interaction[], options: MockOptions = {}): Promise<RunningMock> {
  const file = join(folder, `${files++}.cassette.json`);
  const about = { title: "t", origin: "written", ogl: "0.4.5" };
  writeFileSync(file, JSON.stringify({ cassette: 1, about, interactions }));
  const mock = await startMock({ cassettes: [file, "bundled"], ...options });
  closers.push(() => mock.close());
  return mock;
}

interface Sent {
  readonly session?: string;
  readonly key?: string;
  readonly type?: string;
}

async function ask(
  mock: RunningMock,
  body: unknown,
  { session = "", key = "sk-any", type = "application/json" }: Sent = {},
  path = "/chat/completions",
): Promise<{ status: number; text: string }> {
  const response = await fetch(mock.baseUrl() + path, {
    method: "POST",
    headers: {
      "content-type": type,
      authorization: `Bearer ${key}`,
      ...(session === "" ? {} : { "x-gatetape-session": session }),
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

describe("a large request", () => {
  it("plays what was recorded: exactly, in sequences by session, by a subset, without ignored parts", async () => {
    const mock = await mockOf([
      recorded("exact", chat(LONG)),
      recorded("first", chat(`${LONG}!`), { play: "sequence" }),
      recorded("second", chat(`${LONG}!`), { play: "sequence" }),
      recorded("subset", { model: "t-ok", messages: [], user: "u" }, { body: "subset" }),
      recorded("ignored", chat("x", { seed: 1 }), { ignore: ["/messages"] }),
    ]);
    const texts = async (json: unknown, sent: Sent = {}): Promise<string> =>
      (await ask(mock, json, sent)).text;
    expect(await texts(chat(LONG))).toBe("exact");
    expect([await texts(chat(`${LONG}!`)), await texts(chat(`${LONG}!`))]).toEqual(["first", "second"]);
    expect(await texts(chat(`${LONG}!`), { session: "other" })).toBe("first");
    expect(await texts({ model: "t-ok", messages: [], user: "u", metadata: { LONG } })).toBe("subset");
    expect(await texts(chat(LONG, { seed: 1 }))).toBe("ignored");
  });

  it("plays what was added at run time, and not what was removed", async () => {
    const mock = await mockOf([]);
    const id = mock.stubs.add(recorded("added", chat(LONG)));
    expect((await ask(mock, chat(LONG))).text).toBe("added");
    mock.stubs.remove(id);
    expect((await ask(mock, chat(LONG))).text).toContain("chat.completion");
  });

  it("is compared by pseudonyms, each with one value within a session", async () => {
    const mock = await mockOf([recorded("mail", chat(`${LONG} user-1@example.org user-2@example.org`))], {
      strict: true,
    });
    expect((await ask(mock, chat(`${LONG} ann@corp.example bob@corp.example`))).text).toBe("mail");
    const twice = await ask(mock, chat(`${LONG} ann@corp.example ann@corp.example`));
    expect(twice.status).toBe(400);
  });

  it("that nothing matches gets the nearest recording", async () => {
    const mock = await mockOf([recorded("one", chat(LONG))], { strict: true });
    const { status, text } = await ask(mock, chat(`${LONG}?`));
    expect(status).toBe(400);
    expect(text).toContain("nearest is");
  });

  it("gets the refusals of a small one", async () => {
    const mock = await mockOf([]);
    for (const [small, large, more] of [
      [chat("x", { n: "x" }), chat(LONG, { n: "x" }), { n: "x" }],
      [{ model: "gpt-4o", messages: [] }, { model: "gpt-4o", messages: [], user: LONG }, {}],
      [{ messages: [] }, { messages: [], user: LONG }, {}],
    ] as const) {
      const [one, other] = [await ask(mock, small), await ask(mock, large)];
      expect([more, other.status]).toEqual([more, one.status]);
      const withoutText = (text: string): string => text.replaceAll(LONG, "x").replaceAll(',"user":"x"', "");
      expect(withoutText(other.text)).toBe(one.text);
    }
    expect(await ask(mock, `${JSON.stringify(chat(LONG)).slice(0, -1)},`)).toMatchObject({ status: 422 });
    expect((await ask(mock, `[${JSON.stringify(LONG)}]`)).status).toBe(500);
    expect((await ask(mock, JSON.stringify(chat(LONG)), { type: "text/plain" })).status).toBe(422);
  });

  it("is counted by limits, and charged to budgets", async () => {
    const model = {
      id: "m",
      type: "text-generation",
      costs: { prompt_tokens: 1_000_000, completion_tokens: 0 },
    } as const;
    const mock = await mockOf([], {
      cassettes: [],
      world: {
        models: [model],
        keys: [
          { key: "sk-limited", limits: [{ model: "m", type: "tpm", value: 100 }] },
          { key: "sk-poor", budget: 10 },
        ],
      },
    });
    const large = { ...chat(LONG), model: "m" };
    expect(await ask(mock, large, { key: "sk-limited" })).toMatchObject({ status: 429 });
    expect(await ask(mock, large, { key: "sk-poor" })).toMatchObject({ status: 200 });
    expect(await ask(mock, large, { key: "sk-poor" })).toMatchObject({ status: 400 });
  });

  it("gets the same synthesized answer each time, as JSON and as a stream, with faults", async () => {
    const mock = await mockOf([], { faults: ["chat.stream=reset@3"], speed: Infinity });
    const [one, other] = [await ask(mock, chat(LONG)), await ask(mock, chat(LONG))];
    expect(one).toEqual(other);
    expect(one.status).toBe(200);
    await expect(ask(mock, chat(LONG, { stream: true }))).rejects.toThrow("terminated");
  });

  it("gets a reply of the config, which sees its body", async () => {
    const mock = await mockOf([], {
      respond: ({ body }) => `${JSON.stringify(body).length} characters`,
    });
    expect((await ask(mock, chat(LONG))).text).toContain(`${JSON.stringify(chat(LONG)).length} characters`);
  });
});

describe("an answer that takes long", () => {
  it("is the one that would be made at once", async () => {
    const mock = await mockOf([]);
    const input = Array.from({ length: 65 }, (_, i) => `text ${i}`);
    const { text } = await ask(mock, { model: "nomic-embed-text", input }, {}, "/embeddings");
    const few = await ask(mock, { model: "nomic-embed-text", input: input.slice(0, 2) }, {}, "/embeddings");
    const vectors = (json: string): unknown[] =>
      (JSON.parse(json) as { data: { embedding: unknown }[] }).data.map(({ embedding }) => embedding);
    expect(vectors(text).slice(0, 2)).toEqual(vectors(few.text));
    expect(vectors(text)).toHaveLength(65);
  });

  it("has a limit of inputs: that of TEI in a world with one, else that of OpenAI's API", async () => {
    const models = [
      { id: "tei", type: "text-embeddings-inference", provider: "tei", dimension: 8 },
      { id: "vllm", type: "text-embeddings-inference", provider: "vllm", dimension: 8 },
    ] as const;
    const mock = await mockOf([], { cassettes: [], world: { models, keys: [{ key: "sk-any" }] } });
    const embed = (model: string, size: number): ReturnType<typeof ask> =>
      ask(mock, { model, input: Array.from({ length: size }, () => "x") }, {}, "/embeddings");
    expect((await embed("tei", 32)).status).toBe(200);
    expect(await embed("tei", 33)).toEqual({
      status: 413,
      text: '{"detail":{"error":"Batch size 33 exceeds maximum 32","error_type":"validation"}}',
    });
    expect((await embed("vllm", 2048)).status).toBe(200);
    expect((await embed("vllm", 2049)).status).toBe(400);
  });

  it("ends where a pattern of its schema would not", async () => {
    const mock = await mockOf([]);
    const schema = { type: "string", pattern: "^(a+)+$" };
    const format = { type: "json_schema", json_schema: { name: "x", schema } };
    const { status } = await ask(mock, chat(`Say "${"a".repeat(60)}!"`, { response_format: format }));
    expect(status).toBe(200);
  });
});

describe("a body above the limit", () => {
  it.each(["/chat/completions", "/nothing"])("of %s gets a 413 that says so", async (path) => {
    const mock = await mockOf([], { maxBody: 1000 });
    const { status, text } = await ask(mock, chat("x".repeat(2000)), {}, path);
    expect(status).toBe(413);
    expect(text).toMatch(/has 20\d\d bytes, more than the limit of 1000 bytes; .*--max-body/);
    expect((await ask(mock, chat("x"))).status).toBe(200);
  });

  it("gets it also in chunks, by the control API, and in process", async () => {
    const mock = await mockOf([], { maxBody: 1000 });
    const chunks = (): ReadableStream<Uint8Array> => new Blob(["x".repeat(1500)]).stream();
    for (const path of ["/v1/chat/completions", "/__gatetape/interactions"]) {
      const response = await fetch(mock.url + path, { method: "POST", body: chunks(), duplex: "half" });
      expect([path, response.status]).toEqual([path, 413]);
    }
    const inside = await mock.app.request("/v1/chat/completions", { method: "POST", body: "x".repeat(1500) });
    expect(inside.status).toBe(413);
  });
});
