/** A program of an application's: documents by OpenAI's own client, and answers with their sources. */
import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningMock, startMock } from "../../../src/mock/mock.ts";
import { type Found, SETUP, world } from "./support.ts";

interface Made {
  readonly id: number;
}

interface WithSources {
  readonly search_results?: readonly Found[];
}

const GUIDE = `# Guide

## Trains

Trains leave the station at noon.

## Library

The library lends books for three weeks.
`;

describe("a program with OpenAI's client", () => {
  let mock: RunningMock;
  let client: OpenAI;
  beforeAll(async () => {
    mock = await startMock({ world, ...SETUP });
    client = new OpenAI({ baseURL: mock.baseUrl(), apiKey: "sk-ann", maxRetries: 0 });
  });
  afterAll(() => mock.close());

  it("uploads, searches, chats with sources and deletes", async () => {
    const { id: collection } = await client.post<Made>("/collections", { body: { name: "guide" } });
    const form = new FormData();
    form.append("collection_id", String(collection));
    form.append("chunk_size", "60");
    form.append("file", new File([GUIDE], "guide.md", { type: "text/markdown" }));
    const { id: document } = await client.post<Made>("/documents", { body: form });
    const shown = await client.get<{ chunks: number }>(`/documents/${document}`);
    expect(shown.chunks).toBe(2);

    const question = "How long may I keep a book of the library?";
    const { data } = await client.post<{ data: readonly Found[] }>("/search", {
      body: { query: question, collection_ids: [collection], limit: 1 },
    });
    expect(data[0]?.chunk.content).toContain("three weeks");

    const chat = {
      model: "chat",
      messages: [{ role: "user" as const, content: question }],
      search: true,
      search_args: { collection_ids: [collection], method: "hybrid", limit: 1 },
    };
    const answer = await client.chat.completions.create(chat);
    expect((answer as WithSources).search_results?.[0]?.chunk).toEqual(data[0]?.chunk);
    const sources: unknown[] = [];
    for await (const chunk of await client.chat.completions.create({ ...chat, stream: true }))
      sources.push(...((chunk as WithSources).search_results ?? []));
    expect(sources).toEqual((answer as WithSources).search_results);

    await client.delete(`/documents/${document}`);
    await expect(client.get(`/documents/${document}`)).rejects.toMatchObject({ status: 404 });
    const after = await client.chat.completions.create(chat);
    expect(after).not.toHaveProperty("search_results");
    await client.delete(`/collections/${collection}`);
    const refused = await client
      .post("/search", { body: { query: question, collection_ids: [collection] } })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(APIError);
    expect(refused).toMatchObject({ status: 404 });
  });
});
