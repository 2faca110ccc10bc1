/** A gateway without a vector store: what it refuses, and what goes on (captures nostore-01 to -37). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../src/mock/mock.ts";
import { Documents, SETUP, world } from "../mock/documents/support.ts";

const DISABLED = { status: 403, text: '{"detail":"Feature not enabled, please contact an administrator."}' };
const NO_TOOL = {
  status: 403,
  text: '{"detail":"Search build-in tool is not enabled, please contact an administrator."}',
};
const NO_MODEL = { status: 404, text: '{"detail":"Model not found."}' };
const chat = { model: "chat", messages: [{ role: "user", content: "hi" }] };

function form(fields: object): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, String(value));
  return made;
}

/** Operations on documents, chunks and searches, with bodies that are right and wrong. */
const OPERATIONS: readonly (readonly [method: string, path: string, body?: object])[] = [
  ["DELETE", "/v1/collections/1"],
  ["DELETE", "/v1/collections/x"],
  ["POST", "/v1/documents", form({ collection_id: 1, name: "a" })],
  ["GET", "/v1/documents"],
  ["GET", "/v1/documents?limit=0"],
  ["GET", "/v1/documents/1"],
  ["DELETE", "/v1/documents/1"],
  ["POST", "/v1/documents/1/chunks", { chunks: [{ content: "a" }] }],
  ["POST", "/v1/documents/1/chunks", {}],
  ["GET", "/v1/documents/1/chunks"],
  ["GET", "/v1/documents/1/chunks/0"],
  ["DELETE", "/v1/documents/1/chunks/0"],
  ["GET", "/v1/chunks/1"],
  ["GET", "/v1/chunks/1/0"],
];

describe.each([
  ["and without a vector model", null, { search: NO_MODEL, chat: NO_MODEL }],
  ["but with a vector model", "embed", { search: DISABLED, chat: NO_TOOL }],
])("a gateway without a vector store %s", (_, vectorModel, refusals) => {
  let mock: RunningMock;
  let ann: Documents;
  beforeAll(async () => {
    mock = await startMock({
      world: { ...world, vectorStore: false, vectorModel },
      ...SETUP,
    });
    ann = new Documents(mock);
    await ann.collection();
  });
  afterAll(() => mock.close());

  it.each(OPERATIONS.map(([method, path, body]) => ({ method, path, body })))(
    "refuses $method $path",
    async ({ method, path, body }) => {
      expect(await ann.call(method, path, body)).toEqual(DISABLED);
      const { status } = await new Documents(mock, "sk-wrong").call(method, path, body);
      expect(status).toBe(403);
    },
  );

  it("reads the form of an upload before it refuses it (nostore-15)", async () => {
    const { status, text } = await ann.call("POST", "/v1/documents", form({ name: "a" }));
    expect([status, text]).toEqual([422, expect.stringContaining('"loc":["collection_id"]')]);
  });

  it("refuses searches, of chats too", async () => {
    expect(await ann.call("POST", "/v1/search", { query: "x" })).toEqual(refusals.search);
    for (const stream of [false, true]) {
      const searching = { ...chat, stream, search: true, search_args: {} };
      expect(await ann.call("POST", "/v1/chat/completions", searching)).toEqual(refusals.chat);
      const byTool = { ...chat, stream, tools: [{ type: "search" }] };
      expect(await ann.call("POST", "/v1/chat/completions", byTool)).toEqual(NO_TOOL);
    }
  });

  it("goes on with collections and plain chats", async () => {
    const id = await ann.collection();
    expect((await ann.call("GET", `/v1/collections/${id}`)).status).toBe(200);
    expect((await ann.call("PATCH", `/v1/collections/${id}`, { name: "other" })).status).toBe(204);
    expect((await ann.call("GET", "/v1/collections")).status).toBe(200);
    const { status, text } = await ann.call("POST", "/v1/chat/completions", { ...chat, search: false });
    expect([status, text]).toEqual([200, expect.not.stringContaining("search_results")]);
  });
});
