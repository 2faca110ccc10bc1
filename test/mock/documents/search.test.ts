/** Searches: by vectors, by words and by both; and chats that search. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { Random } from "../../support/random.ts";
import { type Found, Documents, SETUP, idOf, world } from "./support.ts";

const TEXTS = [
  "The town hall of Brest opens at nine.",
  "Trains leave the station at noon.",
  "The library lends books for three weeks.",
  "La piscine est ouverte le mercredi et le samedi.",
  "Le marché se tient devant la mairie.",
  "Cats sleep all day.",
];
const METHODS = ["semantic", "lexical", "hybrid"] as const;
const contents = (found: readonly Found[]): string[] => found.map(({ chunk }) => chunk.content);

let mock: RunningMock;
let ann: Documents;
let now = 1_795_000_000_000;
beforeAll(async () => {
  mock = await startMock({ world, ...SETUP, now: () => now });
  ann = new Documents(mock);
  await ann.collection();
  const document = idOf(await ann.call("POST", "/v1/documents", formOf({ collection_id: 1, name: "notes" })));
  const chunks = TEXTS.map((content, i) => ({
    content,
    metadata: { place: i < 3 ? "town" : "ville", at: i, open: i < 2 },
  }));
  await ann.call("POST", `/v1/documents/${document}/chunks`, { chunks });
});
afterAll(() => mock.close());

function formOf(fields: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  return form;
}

describe.each(METHODS)("a %s search", (method) => {
  it.each([
    ["when do the trains leave?", 1],
    ["how long may I keep a library book", 2],
    ["À quelle heure ouvre la piscine ?", 3],
    ["mairie", 4],
    ["do cats sleep", 5],
  ])("for %j finds first the chunk that shares words with it", async (query, at) => {
    expect(contents(await ann.search(query, { method }))[0]).toBe(TEXTS[at]);
  });

  it("gives as many hits as are wanted, the best first, and the method with each", async () => {
    const found = await ann.search("the town hall and the library", { method, limit: 2 });
    expect(found).toHaveLength(2);
    expect(found.map((hit) => hit.method)).toEqual([method, method]);
    expect(found.map(({ score }) => score)).toEqual(
      found.map(({ score }) => score).toSorted((a, b) => b - a),
    );
  });

  it("finds each of 100 chunks of random words by two of its words", async () => {
    const random = new Random(7);
    const word = (): string => random.text(6, "bcdfghjklmnprtvz");
    const texts = Array.from({ length: 100 }, () => Array.from({ length: 12 }, word).join(" "));
    const collection = await ann.collection();
    const fields = { collection_id: collection, name: "words" };
    const document = idOf(await ann.call("POST", "/v1/documents", formOf(fields)));
    for (const part of [texts.slice(0, 50), texts.slice(50)])
      await ann.call("POST", `/v1/documents/${document}/chunks`, {
        chunks: part.map((content) => ({ content })),
      });
    for (const text of texts) {
      const query = `What do you know of ${text.split(" ").slice(3, 5).join(" and ")}?`;
      const [first] = await ann.search(query, { method, limit: 1, collection_ids: [collection] });
      expect([query, first?.chunk.content]).toEqual([query, text]);
    }
    await ann.call("DELETE", `/v1/collections/${collection}`);
  });

  it("looks only at chunks whose metadata pass the filter", async () => {
    const search = async (metadata_filters: object): Promise<string[]> =>
      contents(
        await ann.search("town hall trains mairie", { method, metadata_filters, limit: 3 }),
      ).toSorted();
    const [hall, trains, , , market] = TEXTS as [string, string, string, string, string];
    expect(await search({ key: "at", type: "eq", value: 1 })).toEqual([trains]);
    expect(await search({ key: "open", type: "eq", value: true })).toEqual([hall, trains].toSorted());
    expect(await search({ key: "place", type: "eq", value: "Town" })).toEqual([]);
    for (const [type, value] of [
      ["sw", "vi"],
      ["ew", "lle"],
      ["co", "ill"],
    ])
      expect(await search({ key: "place", type, value })).toContain(market);
    const filters = [
      { key: "at", type: "eq", value: 0 },
      { key: "at", type: "eq", value: 4 },
    ];
    expect(await search({ filters, operator: "or" })).toEqual([market, hall].toSorted());
    expect(await search({ filters, operator: "and" })).toEqual([]);
  });

  it("finds nothing in a document that is not there", async () => {
    expect(await ann.search("trains", { method, document_ids: [77] })).toEqual([]);
  });
});

describe("the vector of a chunk", () => {
  it("is made once, when the chunk is stored", async () => {
    const embedded: string[] = [];
    await using other = await startMock({
      world,
      ...SETUP,
      respond: ({ operation, body }) => {
        if (operation === "embeddings.create") embedded.push(...(body["input"] as string[]));
        return undefined;
      },
    });
    const client = new Documents(other);
    await client.collection();
    await client.upload("Trains leave at noon.\n\nCats sleep.", "text/plain", "a.txt", { chunk_size: 25 });
    for (const method of METHODS) await client.search("trains", { method });
    expect(embedded).toEqual(["Trains leave at noon.", "Cats sleep.", "trains", "trains"]);
  });

  it("is made by the first search for chunks that a world came with", async () => {
    const { text } = await ann.call("GET", "/__gatetape/state");
    const { state } = JSON.parse(text) as { state: NonNullable<(typeof world)["state"]> };
    expect(text).not.toContain('"vector":');
    await using other = await startMock({ world: { ...world, state }, ...SETUP });
    const query = "when do the trains leave?";
    expect(await new Documents(other).search(query)).toEqual(await ann.search(query));
  });

  it("of respond decides the order", async () => {
    await using other = await startMock({
      world,
      ...SETUP,
      respond: ({ operation, body }) =>
        operation === "embeddings.create"
          ? {
              embeddings: (body["input"] as string[]).map((text) => (text.includes("far") ? [0, 2] : [3, 0])),
            }
          : undefined,
    });
    const client = new Documents(other);
    await client.collection();
    await client.upload("far away\n\nnear", "text/plain", "a.txt", { chunk_size: 9 });
    expect((await client.search("away")).map(({ chunk, score }) => [chunk.content, score])).toEqual([
      ["near", 1],
      ["far away", 0.5],
    ]);
  });
});

describe("the score", () => {
  it("of a semantic search is that of the embeddings that the mock answers for these texts", async () => {
    const query = "when do the trains leave?";
    const { text } = await ann.call("POST", "/v1/embeddings", { model: "embed", input: [query, ...TEXTS] });
    const [question, ...vectors] = (JSON.parse(text) as { data: { embedding: number[] }[] }).data.map(
      ({ embedding }) => embedding,
    ) as [number[], ...number[][]];
    const expected = vectors
      .map((vector, i) => [TEXTS[i], (1 + vector.reduce((sum, x, j) => sum + x * (question[j] ?? 0), 0)) / 2])
      .toSorted(([, a], [, b]) => Number(b) - Number(a));
    const found = await ann.search(query);
    expect(found.map(({ chunk, score }) => [chunk.content, score])).toEqual(
      expected.map(([content, score]) => [content, expect.closeTo(Number(score), 5)]),
    );
  });

  it("of a text with itself is 1, and a threshold leaves out the others", async () => {
    const [first = ""] = TEXTS;
    expect(await ann.search(first, { score_threshold: 1 })).toMatchObject([
      { score: 1, chunk: { content: first } },
    ]);
  });

  it("of a hybrid search is the sum of the reciprocal ranks, by rff_k", async () => {
    const query = "trains of the library";
    const places = (found: readonly Found[]): Map<string, number> =>
      new Map(found.map(({ chunk }, rank) => [chunk.content, rank]));
    const lists = [
      places(await ann.search(query, { method: "lexical" })),
      places(await ann.search(query, { method: "semantic" })),
    ];
    for (const k of [60, 1, 0])
      for (const { chunk, score } of await ann.search(query, { method: "hybrid", rff_k: k })) {
        const ranks = lists.flatMap((list) => list.get(chunk.content) ?? []);
        expect(score).toBeCloseTo(
          ranks.reduce((sum, rank) => sum + 1 / (k + rank + 1), 0),
          12,
        );
      }
  });
});

describe("a page of hits", () => {
  it("of a semantic search lies within its limit (search2-09)", async () => {
    const all = contents(await ann.search("town hall"));
    expect(contents(await ann.search("town hall", { limit: 3, offset: 1 }))).toEqual(all.slice(1, 3));
    expect(await ann.search("town hall", { limit: 3, offset: 3 })).toEqual([]);
  });

  it("of a lexical search goes on after those before", async () => {
    const search = { method: "lexical" };
    const all = contents(await ann.search("the town hall, the library, trains", search));
    const page = await ann.search("the town hall, the library, trains", { ...search, limit: 1, offset: 1 });
    expect(all.length).toBeGreaterThan(1);
    expect(contents(page)).toEqual(all.slice(1, 2));
  });
});

describe("a lexical search", () => {
  const search = async (query: string): Promise<string[]> =>
    contents(await ann.search(query, { method: "lexical" }));
  it.each([
    ["a word with two letters swapped", "mairei", 4],
    ["a plural", "librarys", 2],
    ["capitals and no accent", "MARCHE", 4],
  ])("finds %s", async (_, query, at) => {
    expect((await search(query))[0]).toBe(TEXTS[at]);
  });

  it("finds nothing for words that are nowhere, or that carry no topic", async () => {
    expect(await search("zzzqqq")).toEqual([]);
    expect(await search("the of le la de")).toEqual([]);
  });
});

describe("a chat that searches", () => {
  const ask = (more: object): object => ({
    model: "chat",
    messages: [{ role: "user", content: "when do the trains leave?" }],
    search: true,
    search_args: { limit: 1 },
    ...more,
  });
  interface Completion {
    readonly id: string;
    readonly choices: readonly unknown[];
    readonly search_results?: readonly Found[];
    readonly usage: { readonly prompt_tokens: number; readonly cost: number; readonly requests: number };
  }
  const chat = async (more: object = {}): Promise<Completion> =>
    JSON.parse((await ann.call("POST", "/v1/chat/completions", ask(more))).text) as Completion;

  it("has its sources as the last member, and the use of both models", async () => {
    const answer = await chat();
    expect(Object.keys(answer).at(-1)).toBe("search_results");
    expect(answer.search_results).toEqual(await ann.search("when do the trains leave?", { limit: 1 }));
    const plain = await chat({ search: false });
    expect(plain).not.toHaveProperty("search_results");
    expect([plain.usage.requests, answer.usage.requests]).toEqual([1, 2]);
    expect(answer.usage.prompt_tokens).toBeGreaterThan(plain.usage.prompt_tokens + 225);
    expect(answer.id).toMatch(/^embd-/);
  });

  it("has them in a stream in OGL's own chunk alone, between choices and usage", async () => {
    const { text } = await ann.call("POST", "/v1/chat/completions", ask({ stream: true }));
    const events = text.split("\n").filter((line) => line.startsWith("data: {"));
    const withSources = events.filter((line) => line.includes("search_results"));
    expect(withSources).toEqual([events.at(-1)]);
    const last = JSON.parse(events.at(-1)?.slice(6) ?? "{}") as Completion;
    expect(Object.keys(last).slice(-3)).toEqual(["choices", "search_results", "usage"]);
    expect(last.search_results).toEqual((await chat()).search_results);
  });

  it("searches by a tool, too", async () => {
    const { search_results: sources } = await chat({
      search: undefined,
      search_args: undefined,
      tools: [{ type: "search", limit: 2, method: "lexical" }],
    });
    expect(sources?.map(({ method }) => method)).toEqual(["lexical"]);
  });

  it("without a hit is answered as one that does not search", async () => {
    const args = { method: "lexical", document_ids: [77] };
    const answer = await chat({ search_args: args });
    expect(answer).not.toHaveProperty("search_results");
    expect(answer.usage).toEqual((await chat({ search: false })).usage);
  });

  it("hands the question and the chunks to the model, in the last message", async () => {
    const bodies: unknown[] = [];
    await using other = await startMock({
      world,
      ...SETUP,
      respond: ({ operation, body }) => {
        if (operation === "chat.create") bodies.push(body["messages"]);
        return undefined;
      },
    });
    const client = new Documents(other);
    await client.collection();
    await client.upload("Trains leave the station at noon.");
    const system = { role: "system", content: "Be short." };
    const messages = [system, { role: "user", content: "when do the trains leave?" }];
    await client.call("POST", "/v1/chat/completions", ask({ messages }));
    expect(bodies).toEqual([
      [
        system,
        {
          role: "user",
          content: expect.stringMatching(
            /when do the trains leave\?[^]*\nTrains leave the station at noon\.\n/,
          ),
        },
      ],
    ]);
  });

  it("is charged for both models, and recorded under the vector model (chatsearch-23)", async () => {
    const budget = async (): Promise<number> =>
      (JSON.parse((await ann.call("GET", "/v1/me/info")).text) as { budget: number }).budget;
    const before = await budget();
    const { usage } = await chat();
    expect(before - (await budget())).toBeCloseTo(usage.cost, 6);
    const { text } = await ann.call("GET", "/v1/me/usage?limit=1");
    expect(JSON.parse(text)).toMatchObject({
      data: [{ model: "embed", endpoint: "/v1/chat/completions", usage: { cost: usage.cost } }],
    });
  });

  it("of 100 kB is answered, with its sources", async () => {
    const long = `when do the trains leave? ${"please ".repeat(15_000)}`;
    const answer = await chat({ messages: [{ role: "user", content: long }] });
    expect(answer.search_results).toHaveLength(1);
    expect(answer.usage.prompt_tokens).toBeGreaterThan(30_000);
  });
});

describe("the refresh of the store", () => {
  it("shows a new chunk, and hides a deleted one, when its time has come", async () => {
    await using slow = await startMock({
      world,
      ...SETUP,
      now: () => now,
      searchRefresh: 1000,
    });
    const client = new Documents(slow);
    await client.collection();
    now = 1_795_000_000_300;
    const id = idOf(await client.upload("Trains leave at noon."));
    const seen = async (): Promise<number[]> => [
      (await client.search("trains")).length,
      (await client.search("trains", { method: "lexical" })).length,
      (await client.chunks(id).catch(() => [])).length,
    ];
    expect(await seen()).toEqual([0, 0, 0]);
    now += 1000;
    expect(await seen()).toEqual([1, 1, 1]);
    expect((await client.call("DELETE", `/v1/documents/${id}/chunks/0`)).status).toBe(204);
    expect(await seen()).toEqual([1, 1, 1]);
    now += 1000;
    expect(await seen()).toEqual([0, 0, 0]);
  });
});

describe("a deletion", () => {
  it("of a document or a collection takes its chunks out of each search", async () => {
    const bob = new Documents(mock, "sk-bob");
    const id = await bob.collection();
    const first = idOf(await bob.upload("Owls hunt at night.", "text/plain", "a.txt", { collection_id: id }));
    idOf(await bob.upload("Owls hunt mice.", "text/plain", "b.txt", { collection_id: id }));
    const found = async (): Promise<string[]> => {
      const lists = await Promise.all(METHODS.map((method) => bob.search("owls hunt", { method })));
      return [...new Set(lists.flatMap(contents))].toSorted();
    };
    expect(await found()).toEqual(["Owls hunt at night.", "Owls hunt mice."]);
    await bob.call("DELETE", `/v1/documents/${first}`);
    expect(await found()).toEqual(["Owls hunt mice."]);
    await bob.call("DELETE", `/v1/collections/${id}`);
    expect(await found()).toEqual([]);
    expect((await bob.call("GET", "/v1/documents")).text).toBe('{"object":"list","data":[]}');
  });

  it("does not touch what others may read", async () => {
    const shared = await ann.collection({ visibility: "public" });
    await ann.upload("Foxes live in the park.", "text/plain", "a.txt", { collection_id: shared });
    const bob = new Documents(mock, "sk-bob");
    expect((await bob.call("DELETE", `/v1/collections/${shared}`)).status).toBe(404);
    expect(contents(await bob.search("foxes", { method: "lexical" }))).toEqual(["Foxes live in the park."]);
  });
});
