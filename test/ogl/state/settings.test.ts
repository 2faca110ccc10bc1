/** What a world file and the control API say of the gateway's state and settings, as its clients see it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { temporaryFolder } from "../../support/tmp.ts";

const folder = temporaryFolder("state-settings");
const models = [
  { id: "m", type: "text-generation" },
  { id: "v", type: "text-embeddings-inference", dimension: 4 },
];

interface Asked {
  readonly key?: string;
  readonly body?: object;
  readonly session?: string;
}

async function ask(
  mock: RunningMock,
  method: string,
  path: string,
  { key = "sk-any", body, session }: Asked = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(mock.url + (session === undefined ? "" : `/s/${session}`) + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const change = (mock: RunningMock, settings: object, session = ""): Promise<Response> =>
  fetch(`${mock.url}/__gatetape/world${session === "" ? "" : `?session=${session}`}`, {
    method: "PATCH",
    body: JSON.stringify(settings),
  });

const upload = (mock: RunningMock, collection: number, text: string): Promise<Response> => {
  const body = new FormData();
  body.append("collection_id", String(collection));
  body.append("file", new File([text], "a.txt", { type: "text/plain" }));
  return fetch(`${mock.url}/v1/documents`, { method: "POST", headers: { authorization: "Bearer a" }, body });
};

const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };

describe("a world file without keys", () => {
  it.each(["0.4.1", "0.4.5"] as const)("takes any key, and changeme administrates (%s)", async (ogl) => {
    await using mock = await startMock({ world: { ogl, models }, cassettes: [], speed: Infinity });
    for (const key of ["sk-any", "x", "changeme"])
      expect((await ask(mock, "POST", "/v1/chat/completions", { key, body: chat })).status).toBe(200);
    expect((await ask(mock, "GET", "/v1/admin/users", { key: "changeme" })).status).toBe(200);
    expect((await ask(mock, "GET", "/v1/admin/users", { key: "sk-any" })).status).toBe(403);
  });
});

describe("the default world", () => {
  it.each([
    ["0.4.5", "admin@example.org"],
    ["0.4.1", "master"],
  ] as const)("has a user and an administrator who log in (%s)", async (ogl, admin) => {
    await using mock = await startMock({ ogl, cassettes: [], speed: Infinity });
    const login = async (email: string, password: string): Promise<[number, number]> => {
      const answer = await ask(mock, "POST", "/v1/auth/login", { body: { email, password } });
      const { key } = answer.body as { key?: string };
      const roles = await ask(mock, "GET", "/v1/admin/roles", { key: key ?? "none" });
      return [answer.status, roles.status];
    };
    expect(await login("user-1@example.org", "user-1")).toEqual([200, 403]);
    expect(await login(admin, "changeme")).toEqual([200, 200]);
    expect((await login(admin, "wrong"))[0]).toBeGreaterThan(400);
  });
});

describe("a world file with keys", () => {
  it("takes no other", async () => {
    const world = { models, keys: [{ key: "sk-a" }] };
    await using mock = await startMock({ world, cassettes: [], speed: Infinity });
    for (const [key, status] of [
      ["sk-a", 200],
      ["sk-b", 403],
      ["changeme", 403],
    ] as const)
      expect((await ask(mock, "POST", "/v1/chat/completions", { key, body: chat })).status).toBe(status);
  });
});

describe("keys of a world", () => {
  it("share a user where they say so, and have one of their own where they do not", async () => {
    const keys = [
      { key: "sk-a", user: 2, name: "first" },
      { key: "sk-b", name: "second" },
      { key: "sk-c", user: 2, name: "third" },
    ];
    await using mock = await startMock({ world: { models, keys }, cassettes: [], speed: Infinity });
    const who = async (key: string): Promise<unknown> =>
      (await ask(mock, "GET", "/v1/me/info", { key })).body;
    expect(await who("sk-a")).toMatchObject({ id: 2, name: "first" });
    expect(await who("sk-b")).toMatchObject({ id: 4, name: "second" });
    expect(await who("sk-c")).toMatchObject({ id: 2, name: "first" });
  });
});

describe("a state that one mock shows and another begins with", () => {
  it("answers the same", async () => {
    const world = { models, vectorStore: true, parser: true };
    await using first = await startMock({ world, cassettes: [], speed: Infinity });
    const admin = { key: "changeme" };
    const role = { name: "r", permissions: [], limits: [{ router_id: 1, type: "rpm", value: 1 }] };
    await ask(first, "POST", "/v1/admin/roles", { ...admin, body: role });
    const user = { email: "ann@example.org", name: "ann", password: "p", role: 3, budget: 2 };
    await ask(first, "POST", "/v1/admin/users", { ...admin, body: user });
    const made = await ask(first, "POST", "/v1/admin/tokens", { ...admin, body: { user: 3, name: "k" } });
    await ask(first, "POST", "/v1/collections", { body: { name: "notes" } });
    expect((await upload(first, 1, "some words")).status).toBe(201);

    const shown = (await (await fetch(`${first.url}/__gatetape/state`)).json()) as { state: object };
    const file = join(folder, "world.json");
    writeFileSync(file, JSON.stringify({ ...world, state: shown.state }));
    await using second = await startMock({ world: file, cassettes: [], speed: Infinity });
    const { token } = made.body as { token: string };
    for (const [method, path, asked] of [
      ["GET", "/v1/admin/roles", admin],
      ["GET", "/v1/admin/users", admin],
      ["GET", "/v1/admin/tokens", admin],
      ["GET", "/v1/admin/routers", admin],
      ["GET", "/v1/admin/providers", admin],
      ["GET", "/v1/collections", {}],
      ["GET", "/v1/documents/1/chunks", {}],
      ["GET", "/v1/me/info", { key: token }],
      ["POST", "/v1/search", { body: { query: "words", collection_ids: [1] } }],
      // What comes next has the next id.
      ["POST", "/v1/collections", { body: { name: "more" } }],
    ] as const)
      expect([path, await ask(second, method, path, asked)]).toEqual([
        path,
        await ask(first, method, path, asked),
      ]);
    const uses = async (): Promise<number> =>
      (await ask(second, "POST", "/v1/chat/completions", { key: token, body: chat })).status;
    // The limits of its role are those of kinds that it lists; the others are 0.
    expect(await uses()).toBe(403);
  });
});

describe("settings that the control API changes", () => {
  it("keep the state, in one session or in all", async () => {
    await using mock = await startMock({
      world: { models, vectorStore: true, parser: true },
      cassettes: [],
      speed: Infinity,
    });
    await ask(mock, "POST", "/v1/collections", { body: { name: "notes" } });
    expect((await upload(mock, 1, "some words")).status).toBe(201);
    const search = { body: { query: "words", collection_ids: [1] } };
    const found = async (session?: string): Promise<number> =>
      (await ask(mock, "POST", "/v1/search", session === undefined ? search : { body: {}, session })).status;
    expect(await found()).toBe(200);

    // Another session's settings are its own.
    await change(mock, { vectorStore: false }, "other");
    expect(await found()).toBe(200);
    await change(mock, { vectorStore: false });
    expect((await ask(mock, "GET", "/v1/documents")).status).toBe(403);
    await change(mock, { vectorStore: "down" });
    expect((await ask(mock, "GET", "/v1/documents")).status).toBe(500);
    await change(mock, { vectorStore: true, vectorModel: null });
    expect((await ask(mock, "POST", "/v1/search", search)).status).toBe(404);
    await change(mock, { vectorModel: "v" });
    const { status, body } = await ask(mock, "POST", "/v1/search", search);
    expect([status, (body as { data: unknown[] }).data.length]).toEqual([200, 1]);
  });

  it("go with a session's state where they are its own, and stay where they are all's", async () => {
    await using mock = await startMock({
      world: { models, vectorStore: true },
      cassettes: [],
      speed: Infinity,
    });
    const documents = async (session: string): Promise<number> =>
      (await ask(mock, "GET", "/v1/documents", { session })).status;
    await change(mock, { vectorStore: false }, "own");
    expect([await documents("own"), await documents("other")]).toEqual([403, 200]);
    await fetch(`${mock.url}/__gatetape/state?session=own`, { method: "DELETE" });
    expect(await documents("own")).toBe(200);
    await change(mock, { vectorStore: false });
    await fetch(`${mock.url}/__gatetape/state`, { method: "DELETE" });
    expect([await documents("own"), await documents("other")]).toEqual([403, 403]);
  });

  it("bound the life of a new key, and turn the parser off", async () => {
    await using mock = await startMock({ world: { models, parser: true }, cassettes: [], speed: Infinity });
    const key = async (): Promise<number | null> => {
      const made = await ask(mock, "POST", "/v1/me/keys", { body: { name: "k" } });
      const { id } = made.body as { id: number };
      const shown = await ask(mock, "GET", `/v1/me/keys/${id}`);
      return (shown.body as { expires: number | null }).expires;
    };
    expect(await key()).toBeNull();
    await change(mock, { maxKeyDays: 3 });
    expect(await key()).toBeGreaterThan(Date.now() / 1000 + 2.9 * 86_400);
    await change(mock, { maxKeyDays: null });
    expect(await key()).toBeNull();

    const parse = async (): Promise<number> => {
      const body = new FormData();
      body.append(
        "file",
        new File(["%PDF-1.4\n1 0 obj\n(a) Tj\nendobj"], "a.pdf", { type: "application/pdf" }),
      );
      const headers = { authorization: "Bearer a" };
      return (await fetch(`${mock.url}/v1/parse-beta`, { method: "POST", headers, body })).status;
    };
    expect(await parse()).toBe(200);
    await change(mock, { parser: false });
    expect(await parse()).toBe(500);
  });

  it.each([
    ["", /not JSON/],
    ["null", /not an object/],
    ['{"vectorStore": "up"}', /"down"/],
    ['{"vectorModel": 5}', /string,null/],
    ['{"maxKeyDays": 0}', />= 1/],
    ['{"maxKeyDays": 1.5}', /integer/],
    ['{"searchRefresh": -1}', />= 0/],
    ['{"parser": "yes"}', /boolean/],
    ['{"upstreams": [{"url": "http://a"}]}', /'models'/],
    ['{"masterKey": "x"}', /"masterKey" is no setting/],
    ['{"__proto__": {}}', /"__proto__" is no setting/],
  ])("are refused as %s, and stay as they were", async (body, reason) => {
    await using mock = await startMock({ cassettes: [], speed: Infinity });
    const settings = async (): Promise<unknown> =>
      ((await (await fetch(`${mock.url}/__gatetape/state`)).json()) as { settings: unknown }).settings;
    const before = await settings();
    const response = await fetch(`${mock.url}/__gatetape/world`, { method: "PATCH", body });
    const { problems } = (await response.json()) as { problems: { reason: string; fix: string }[] };
    expect(response.status).toBe(400);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.fix).toBeTruthy();
    expect(await settings()).toEqual(before);
  });
});
