/** The page on worlds, compared with the captures that it names and with a mock's answers: each row of what the mock copies. */
import { readFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import type { World } from "../../../src/ogl/state/types.ts";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/world.md", root), "utf8");
const EVIDENCE = /\| ([a-z0-9, -]*\d) \|$/gm;

/** Names of exchanges, where a row shortens a second one of the same flow to its number. */
function namesIn(cell: string): string[] {
  let flow = "";
  return cell.split(/, | to /).map((name) => {
    const [, given = "", number = ""] = /^(?:([a-z0-9-]+?)-?)?-(\d+)$/.exec(name) ?? [];
    if (given !== "") flow = given;
    return `${flow}-${number}`;
  });
}

describe("the evidence of docs/world.md", () => {
  const flows = new URL("test/captures/state/", root);
  const captured = readdirSync(flows)
    .filter((file) => file.endsWith(".jsonl"))
    .flatMap((file) => readFileSync(new URL(file, flows), "utf8").match(/(?<="name": ?")[^"]+/g) ?? []);
  const named = [...page.matchAll(EVIDENCE)].flatMap(([, cell = ""]) => namesIn(cell));

  it("is among the captures", () => {
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !captured.some((each) => each.startsWith(`${name}-`)))).toEqual([]);
  });
});

const world: World = {
  ogl: "0.4.1",
  models: [
    { id: "m", type: "text-generation" },
    { id: "v", type: "text-embeddings-inference" },
  ],
  keys: [
    { key: "sk-root", name: "root", permissions: ["admin", "create_public_collection"] },
    { key: "sk-ann", name: "ann", password: "pass-ann", budget: 5, email: "ann@example.org" },
  ],
  vectorStore: true,
};

describe("what docs/world.md says that the mock's 0.4.1 does", () => {
  let mock: RunningMock;
  let time = Date.now();
  beforeAll(async () => {
    mock = await startMock({ world, cassettes: [], speed: Infinity, now: () => time });
  });
  afterAll(() => mock.close());

  async function call(
    method: string,
    path: string,
    body?: object,
    key = "sk-ann",
  ): Promise<[number, unknown]> {
    const form = body instanceof FormData;
    const response = await fetch(mock.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(form || body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return [response.status, text.startsWith("{") ? JSON.parse(text) : text];
  }
  const status = async (...asked: Parameters<typeof call>): Promise<number> => (await call(...asked))[0];
  const data = async (path: string): Promise<{ name: string; id: number }[]> =>
    ((await call("GET", path))[1] as { data: { name: string; id: number }[] }).data;
  const idOf = ([, body]: [number, unknown]): number => (body as { id: number }).id;
  const uploadOf = (collection: number, name: string, type: string, text = "some words"): FormData => {
    const form = new FormData();
    form.append("collection_id", String(collection));
    form.append("file", new File([text], name, { type }));
    return form;
  };

  it("a change that leaves out the budget takes it away", async () => {
    expect((await call("GET", "/v1/me/info"))[1]).toMatchObject({ budget: 5 });
    expect(await status("PATCH", "/v1/me/info", {})).toBe(204);
    expect((await call("GET", "/v1/me/info"))[1]).toMatchObject({ budget: null });
    expect(await status("PATCH", "/v1/admin/users/2", { budget: 7 }, "sk-root")).toBe(204);
    expect(await status("PATCH", "/v1/admin/users/2", { priority: 1 }, "sk-root")).toBe(204);
    expect((await call("GET", "/v1/me/info"))[1]).toMatchObject({ budget: null, priority: 1 });
  });

  it("a key whose expiry can't be read breaks lists until it is deleted, and is then refused", async () => {
    const made = await call("POST", "/v1/me/keys", { name: "far", expires: 4_102_444_800 });
    const { key } = made[1] as { key: string };
    expect(await status("GET", "/v1/me/keys")).toBe(500);
    expect(await status("GET", "/v1/me/info", undefined, key)).toBe(500);
    expect(await status("DELETE", `/v1/me/keys/${idOf(made)}`)).toBe(204);
    expect(await status("GET", "/v1/me/keys")).toBe(200);
    expect(await call("GET", "/v1/me/info", undefined, key)).toEqual([403, { detail: "Invalid API key." }]);
  });

  it("an expired key is neither listed nor found, but can be deleted", async () => {
    const expires = Math.floor(time / 1000) + 10;
    const id = idOf(await call("POST", "/v1/me/keys", { name: "short", expires }));
    time += 20_000;
    expect((await data("/v1/me/keys")).map(({ name }) => name)).not.toContain("short");
    expect(await status("GET", `/v1/me/keys/${id}`)).toBe(404);
    expect(await status("DELETE", `/v1/me/keys/${id}`)).toBe(204);
  });

  it("a login deletes the keys of the playground", async () => {
    await call("POST", "/v1/me/keys", { name: "playground" });
    const login = { email: "ann@example.org", password: "pass-ann" };
    const id = idOf(await call("POST", "/v1/auth/login", login));
    const left = (await data("/v1/me/keys")).filter(({ name }) => name === "playground");
    expect(left.map((each) => each.id)).toEqual([id]);
  });

  it("a role that fails stays, empty; another's name is a failure in a change alone", async () => {
    const half = { name: "half", permissions: [], limits: [{ router: 99, type: "rpm", value: 1 }] };
    expect(await status("POST", "/v1/admin/roles", half, "sk-root")).toBe(500);
    const twice = { name: "twice", permissions: ["admin", "admin"], limits: [] };
    expect(await status("POST", "/v1/admin/roles", twice, "sk-root")).toBe(500);
    const [, roles] = await call("GET", "/v1/admin/roles", undefined, "sk-root");
    const stored = (
      roles as { data: { id: number; name: string; limits: unknown[]; permissions: unknown[] }[] }
    ).data;
    for (const name of ["half", "twice"])
      expect(stored.find((role) => role.name === name)).toMatchObject({ limits: [], permissions: [] });
    const id = stored.find(({ name }) => name === "half")?.id;
    expect(await status("PATCH", `/v1/admin/roles/${id}`, { name: "twice" }, "sk-root")).toBe(500);
    expect(await status("POST", "/v1/admin/roles", { ...half, limits: [] }, "sk-root")).toBe(409);
    expect(await status("PATCH", "/v1/me/info", { email: "root@example.org" })).toBe(500);
  });

  it("operations that never work do not", async () => {
    const collection = idOf(await call("POST", "/v1/collections", { name: "a" }));
    const document = idOf(await call("POST", "/v1/documents", uploadOf(collection, "a.txt", "text/plain")));
    expect(await status("GET", `/v1/chunks/${document}/0`)).toBe(200);
    expect(await status("GET", `/v1/documents/${document}/chunks/0`)).toBe(500);
    expect(await status("DELETE", "/v1/admin/tokens/1", undefined, "sk-root")).toBe(422);
    expect(await status("DELETE", `/v1/documents/${document}/chunks/99`)).toBe(204);
  });

  it("the id 0 is the first", async () => {
    const [first] = await data("/v1/collections");
    expect((await call("GET", "/v1/collections/0"))[1]).toMatchObject({ id: first?.id });
    const [document] = await data("/v1/documents");
    expect((await call("GET", "/v1/documents/0"))[1]).toMatchObject({ id: document?.id });
  });

  it("a document without a name breaks lists", async () => {
    const collection = idOf(await call("POST", "/v1/collections", { name: "b" }));
    const part = (name: string, value: string): string =>
      `--x\r\ncontent-disposition: form-data; name=${name}\r\n\r\n${value}\r\n`;
    const file = part('"file"; filename=""', "some words").replace(
      /\r\n\r\n/,
      "\r\ncontent-type: text/plain$&",
    );
    const made = await fetch(`${mock.url}/v1/documents`, {
      method: "POST",
      headers: { authorization: "Bearer sk-ann", "content-type": "multipart/form-data; boundary=x" },
      body: `${part('"collection_id"', String(collection))}${file}--x--\r\n`,
    });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: number };
    expect(await status("GET", `/v1/documents?collection_id=${collection}`)).toBe(500);
    expect(await status("DELETE", `/v1/documents/${id}`)).toBe(204);
    expect(await status("GET", `/v1/documents?collection_id=${collection}`)).toBe(200);
  });

  it.each([
    ["a.json", "application/json"],
    ["a.csv", "text/csv"],
    ["a.txt", "text/plain; charset=utf-8"],
  ])("an upload of %s as %s is not parsed", async (name, type) => {
    const [collection] = await data("/v1/collections");
    expect(await call("POST", "/v1/documents", uploadOf(collection?.id ?? 0, name, type))).toEqual([
      422,
      { detail: "Parsing document failed." },
    ]);
  });

  it("a semantic search beyond its limit finds nothing", async () => {
    const [collection] = await data("/v1/collections");
    const search = { query: "words", collection_ids: [collection?.id], limit: 1 };
    const found = async (offset: number): Promise<number> => {
      const [, body] = await call("POST", "/v1/search", { ...search, offset }, "sk-ann");
      return (body as { data: unknown[] }).data.length;
    };
    await call("POST", "/v1/documents", uploadOf(collection?.id ?? 0, "b.txt", "text/plain", "more words"));
    expect([await found(0), await found(1)]).toEqual([1, 0]);
  });

  it("the list of public collections leaves out those of others", async () => {
    const open = { name: "open", visibility: "public" };
    const id = idOf(await call("POST", "/v1/collections", open, "sk-root"));
    expect((await data("/v1/collections")).map((each) => each.id)).toContain(id);
    expect((await data("/v1/collections?visibility=public")).map((each) => each.id)).not.toContain(id);
  });

  it.each(["/v1/me/keys/", "/v1/collections/", "/v1/admin/users/", "/v1/admin/routers/"])(
    "an id above what the database holds is a failure below %s",
    async (path) => {
      expect(await status("GET", `${path}2147483648`, undefined, "sk-root")).toBe(500);
      expect(await status("GET", `${path}2147483647`, undefined, "sk-root")).toBe(404);
    },
  );

  it("operations on models look less closely at a key, which 0.4.5 does not", async () => {
    for (const [ogl, expected] of [
      ["0.4.1", 200],
      ["0.4.5", 403],
    ] as const) {
      const keys = [{ key: "sk-gone", deleted: true }];
      await using other = await startMock({ world: { ...world, ogl, keys }, cassettes: [], speed: Infinity });
      const headers = { authorization: "Bearer sk-gone" };
      expect((await fetch(`${other.url}/v1/models`, { headers })).status).toBe(expected);
      expect((await fetch(`${other.url}/v1/me/info`, { headers })).status).toBe(403);
    }
  });
});
