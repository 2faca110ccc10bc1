import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import type { World } from "../../src/ogl/state/types.ts";

/** What the captures of a real server do not show: read in OGL's source, or told of it in words. */
const world: World = {
  ogl: "0.4.1",
  models: [
    { id: "m", type: "text-generation" },
    { id: "v", type: "text-embeddings-inference" },
  ],
  keys: [
    { key: "sk-a" },
    { key: "sk-may", permissions: ["create_public_collection"] },
    { key: "sk-none", models: [] },
    { key: "sk-few", limits: [{ model: "m", type: "tpm", value: 3 }] },
  ],
};
const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };
const json = { "content-type": "application/json" };
const disabled = { detail: "Feature not enabled, please contact an administrator." };

describe("a world", () => {
  let mock: RunningMock;
  let withStore: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ world, cassettes: [], speed: Infinity });
    withStore = await startMock({ world: { ...world, vectorStore: true }, cassettes: [], speed: Infinity });
  });
  afterAll(async () => {
    await mock.close();
    await withStore.close();
  });

  const post = async (path: string, body: string, key = "sk-a", at = mock): Promise<[number, unknown]> => {
    const headers = { ...json, authorization: `Bearer ${key}` };
    const response = await fetch(at.url + path, { method: "POST", headers, body });
    return [response.status, await response.json()];
  };
  const ask = (body: object, key?: string, at?: RunningMock): Promise<[number, unknown]> =>
    post("/v1/chat/completions", JSON.stringify(body), key, at);

  it("has no search without a vector store, and lets it pass with one", async () => {
    const search = JSON.stringify({ query: "q", collections: [1] });
    expect(await post("/v1/search", search)).toEqual([403, disabled]);
    expect(await post("/v1/search", search, "sk-a", withStore)).toEqual([
      404,
      { detail: "Collection 1 not found." },
    ]);
    for (const requested of [{ search: true, search_args: {} }, { tools: [{ type: "search" }] }]) {
      expect(await ask({ ...chat, ...requested })).toEqual([
        403,
        { detail: "Search build-in tool is not enabled, please contact an administrator." },
      ]);
      expect((await ask({ ...chat, ...requested }, "sk-a", withStore))[0]).toBe(200);
    }
  });

  it("lets only those make a public collection who may", async () => {
    const body = JSON.stringify({ name: "c", visibility: "public" });
    expect(await post("/v1/collections", body)).toEqual([
      403,
      { detail: "Missing permission to update collection visibility to public." },
    ]);
    expect(await post("/v1/collections", body, "sk-may")).toEqual([201, { id: 1 }]);
  });

  it("reads access from no body that begins with a byte order mark", async () => {
    expect((await ask(chat, "sk-none"))[0]).toBe(404);
    expect((await post("/v1/chat/completions", `\ufeff${JSON.stringify(chat)}`, "sk-none"))[0]).toBe(200);
  });

  it("counts nothing of a prompt that names a special token", async () => {
    const special = { ...chat, messages: [{ role: "user", content: "one two three <|endoftext|>" }] };
    expect([(await ask(special, "sk-few"))[0], (await ask(special, "sk-few"))[0]]).toEqual([200, 200]);
    const plain = { ...chat, messages: [{ role: "user", content: "one two three four" }] };
    expect((await ask(plain, "sk-few"))[0]).toBe(429);
  });

  it.each([
    ["/v1/embeddings/?a=1&b=%20", "/v1/embeddings?a=1&b=%20"],
    ["/v1/me/keys//", "/v1/me/keys"],
    ["/v1/me/usage/", "/v1/me/usage"],
    ["/v1/collections/%C3%A9%20/", "/v1/collections/%C3%A9%20"],
  ])("sends %s on to %s", async (from, to) => {
    const { status, headers } = await fetch(mock.url + from, { redirect: "manual" });
    expect([status, headers.get("location")]).toEqual([307, mock.url + to]);
  });

  it("tells in later generations what is left, and of a window that is over all of it", async () => {
    let now = 0;
    const limited: World = {
      ...world,
      keys: [{ key: "sk-a", limits: [{ model: "m", type: "tpd", value: 9 }] }],
    };
    await using later = await startMock({ world: limited, ogl: "next", cassettes: [], now: () => now });
    const left = async (): Promise<(string | null)[]> => {
      const headers = { ...json, authorization: "Bearer sk-a" };
      const response = await fetch(`${later.url}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify(chat),
      });
      return ["remaining", "reset"].map((name) => response.headers.get(`x-ratelimit-${name}-token`));
    };
    expect(await left()).toEqual(["8", "24h0m0s"]);
    now = 3_600_000;
    expect(await left()).toEqual(["7", "23h0m0s"]);
    now = 86_400_000;
    expect(await left()).toEqual(["8", "24h0m0s"]);
  });
});
