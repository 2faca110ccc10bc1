/** Changes that show at once in what others may do, beyond the flows of the captures. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import type { World } from "../../../src/ogl/state/types.ts";

const costs = { prompt_tokens: 1, completion_tokens: 2 };
const world: World = {
  ogl: "0.4.1",
  models: [{ id: "m", type: "text-generation", costs }],
  keys: [
    { key: "sk-root", name: "root", permissions: ["admin"] },
    { key: "sk-ann", name: "ann", models: ["m"], budget: 0, password: "pass-ann-1" },
    { key: "sk-old", name: "old", expired: "user" },
    { key: "sk-bob", name: "bob", models: ["m"] },
    { key: "the-master", master: true },
  ],
};

describe("a change on 0.4.1", () => {
  let mock: RunningMock;
  let time = Date.now();
  beforeAll(async () => {
    mock = await startMock({
      world,
      cassettes: [],
      speed: Infinity,
      respond: () => "Hello",
      now: () => time,
    });
  });
  afterAll(() => mock.close());

  async function call(key: string, method: string, path: string, body?: object): Promise<[number, unknown]> {
    const response = await fetch(mock.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
  }
  const chat = (key: string): Promise<[number, unknown]> =>
    call(key, "POST", "/v1/chat/completions", { model: "m", messages: [{ role: "user", content: "hi" }] });
  const statusOf = async (answer: Promise<[number, unknown]>): Promise<number> => (await answer)[0];

  it("of the own name takes the budget away (meescape-05 to -08)", async () => {
    expect(await chat("sk-ann")).toEqual([400, { detail: "Insufficient budget." }]);
    expect(await statusOf(call("sk-ann", "PATCH", "/v1/me/info", { name: "Ann" }))).toBe(204);
    expect(await statusOf(chat("sk-ann"))).toBe(200);
  });

  it("of the own name brings an expired user back (meescape-11 to -14)", async () => {
    expect(await statusOf(chat("sk-old"))).toBe(403);
    expect(await statusOf(call("sk-old", "PATCH", "/v1/me/info", {}))).toBe(204);
    expect(await statusOf(chat("sk-old"))).toBe(200);
  });

  it("of a limit counts anew, and goes on where it was when it is changed back (limitswap)", async () => {
    const [, { data }] = (await call("sk-root", "GET", "/v1/admin/users")) as [
      number,
      { data: { name: string; role: number }[] },
    ];
    const role = data.find(({ name }) => name === "bob")?.role;
    const limit = async (value: number): Promise<void> => {
      const limits = ["rpm", "rpd", "tpm", "tpd"].map((type) => ({
        router: 1,
        type,
        value: type === "rpm" ? value : null,
      }));
      expect(await statusOf(call("sk-root", "PATCH", `/v1/admin/roles/${role}`, { limits }))).toBe(204);
    };
    await limit(1);
    expect([await statusOf(chat("sk-bob")), await statusOf(chat("sk-bob"))]).toEqual([200, 429]);
    await limit(2);
    expect([await statusOf(chat("sk-bob")), await statusOf(chat("sk-bob"))]).toEqual([200, 200]);
    await limit(1);
    expect(await statusOf(chat("sk-bob"))).toBe(429);
    time += 61_000;
    expect(await statusOf(chat("sk-bob"))).toBe(200);
  });

  it("of a user's existence takes keys and collections with it", async () => {
    await call("sk-ann", "POST", "/v1/collections", { name: "notes" });
    expect(await statusOf(call("sk-root", "DELETE", "/v1/admin/users/2"))).toBe(204);
    expect(await chat("sk-ann")).toEqual([403, { detail: "Invalid API key." }]);
    expect(await call("sk-ann", "GET", "/v1/models")).toEqual([404, { detail: "User not found." }]);
    expect(await statusOf(call("the-master", "GET", "/v1/collections/1"))).toBe(404);
  });

  it("by the master key is refused where OGL needs a user", async () => {
    expect(await call("the-master", "POST", "/v1/me/keys", { name: "k" })).toEqual([
      404,
      { detail: "User not found." },
    ]);
    expect(await statusOf(call("the-master", "POST", "/v1/collections", { name: "c" }))).toBe(400);
    expect(
      await call("the-master", "POST", "/v1/auth/login", { email: "master", password: "the-master" }),
    ).toEqual([200, { id: 0, key: "the-master" }]);
  });
});
