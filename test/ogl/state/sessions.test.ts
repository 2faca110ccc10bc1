import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";

const json = { "content-type": "application/json" };

interface Answered {
  readonly status: number;
  readonly json: unknown;
}

describe("the state of the default world", () => {
  let mock: RunningMock;
  beforeAll(async () => {
    mock = await startMock({ speed: Infinity });
  });
  afterAll(() => mock.close());

  async function call(
    method: string,
    path: string,
    { key = "sk-any", body, session }: { key?: string; body?: object; session?: string } = {},
  ): Promise<Answered> {
    const base = session === undefined ? mock.url : `${mock.url}/s/${session}`;
    const response = await fetch(base + path, {
      method,
      headers: { ...json, authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  }
  const makeKey = async (session: string): Promise<{ id: number; key: string }> =>
    (await call("POST", "/v1/me/keys", { body: { name: "laptop" }, session })).json as {
      id: number;
      key: string;
    };
  const keyNames = async (session: string): Promise<string[]> => {
    const { json: list } = await call("GET", "/v1/me/keys", { session });
    return (list as { data: { name: string }[] }).data.map(({ name }) => name);
  };

  it("gives a created key its rights and takes them when it is deleted", async () => {
    const { id, key } = await makeKey("keys");
    const chat = { model: "qwen3-coder", messages: [{ role: "user", content: "hi" }] };
    const use = (): Promise<Answered> =>
      call("POST", "/v1/chat/completions", { key, body: chat, session: "keys" });
    expect((await use()).status).toBe(200);
    expect((await call("DELETE", `/v1/me/keys/${id}`, { session: "keys" })).status).toBe(204);
    expect(await use()).toEqual({ status: 403, json: { detail: "Invalid API key." } });
  });

  it("is that of each session alone", async () => {
    const { key } = await makeKey("one");
    await makeKey("one");
    expect([await keyNames("one"), await keyNames("two")]).toEqual([["laptop", "laptop"], []]);
    // In the other session it is a key like any other.
    expect((await call("GET", "/v1/me/info", { key, session: "two" })).status).toBe(200);
  });

  it("is administrated by changeme, and by no other key", async () => {
    const roles = (key: string): Promise<Answered> =>
      call("GET", "/v1/admin/roles", { key, session: "admin" });
    expect((await roles("changeme")).status).toBe(200);
    expect((await roles("sk-any")).status).toBe(403);
  });

  it("comes back by DELETE, and by the reset of its session", async () => {
    for (const restore of [
      { method: "DELETE", path: "/__gatetape/state?session=back" },
      { method: "POST", path: "/__gatetape/sessions/back/reset" },
    ]) {
      await makeKey("back");
      expect(await keyNames("back")).toEqual(["laptop"]);
      const { status } = await fetch(mock.url + restore.path, { method: restore.method });
      expect(status).toBe(204);
      expect(await keyNames("back")).toEqual([]);
    }
  });

  it("is shown as tables, in the form in which a world seeds it", async () => {
    await makeKey("shown");
    await call("POST", "/v1/collections", { body: { name: "notes" }, session: "shown" });
    const response = await fetch(`${mock.url}/__gatetape/state?session=shown`);
    const { state } = (await response.json()) as {
      state: Record<string, { name?: string; password?: string }[]>;
    };
    expect(state["collections"]?.map(({ name }) => name)).toEqual(["notes"]);
    expect(JSON.stringify(state)).not.toContain("password");
    const world = { models: [], state: state as never };
    await using copy = await startMock({ world, cassettes: [], speed: Infinity });
    const list = await fetch(`${copy.url}/v1/collections`, { headers: { authorization: "Bearer sk-a" } });
    expect(((await list.json()) as { data: unknown[] }).data).toHaveLength(1);
  });

  it("stays when the gateway's settings change", async () => {
    const settings = (body: string): Promise<Response> =>
      fetch(`${mock.url}/__gatetape/world?session=set`, { method: "PATCH", body });
    await call("POST", "/v1/collections", { body: { name: "notes" }, session: "set" });
    expect((await settings('{"vectorStore": "down"}')).status).toBe(200);
    expect(
      (await call("GET", "/v1/documents", { session: "set" }).catch(() => undefined))?.status,
    ).toBeUndefined();
    expect((await call("GET", "/v1/collections", { session: "set" })).status).toBe(200);
    expect((await settings('{"vectorStore": true, "maxKeyDays": 30}')).status).toBe(200);
    expect(await call("GET", "/v1/documents", { session: "set" })).toEqual({
      status: 200,
      json: { object: "list", data: [] },
    });
    const far = Math.floor(Date.now() / 1000) + 31 * 86_400;
    expect(await call("POST", "/v1/me/keys", { body: { name: "k", expires: far }, session: "set" })).toEqual({
      status: 400,
      json: { detail: "Token expiration timestamp cannot be greater than 30 days from now." },
    });
  });

  it.each([
    ["{", /not JSON/],
    ["[]", /not an object/],
    ['{"parsers": true}', /"parsers" is no setting/],
    ['{"maxKeyDays": "x"}', /maxKeyDays|must be/],
  ])("refuses the settings %s with the reason and the fix", async (body, reason) => {
    const response = await fetch(`${mock.url}/__gatetape/world`, { method: "PATCH", body });
    const { problems } = (await response.json()) as { problems: { reason: string; fix: string }[] };
    expect(response.status).toBe(400);
    expect(problems[0]?.reason).toMatch(reason);
    expect(problems[0]?.fix).toBeTruthy();
  });
});

describe("the bound of the state", () => {
  it("is answered in clear words, and leaves room again when sessions are reset", async () => {
    await using mock = await startMock({ cassettes: [], speed: Infinity, stateBytes: 200_000 });
    const add = (session: string): Promise<Response> =>
      fetch(`${mock.url}/s/${session}/v1/collections`, {
        method: "POST",
        headers: { ...json, authorization: "Bearer a" },
        body: JSON.stringify({ name: "n".repeat(20_000) }),
      });
    const statuses: number[] = [];
    let last: Response;
    do {
      last = await add("full");
      statuses.push(last.status);
    } while (last.status === 201 && statuses.length < 100);
    expect(last.status).toBe(507);
    expect(await last.text()).toMatch(/state of this mock is full \(200000 bytes.*Fix: /);
    expect((await add("other")).status).toBe(507);
    await fetch(`${mock.url}/__gatetape/sessions/full/reset`, { method: "POST" });
    expect((await add("other")).status).toBe(201);
  });
});
