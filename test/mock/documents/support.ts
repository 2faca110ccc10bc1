/** Calls of a mock's documents, as a client makes them. */
import type { RunningMock } from "../../../src/mock/mock.ts";
import type { World } from "../../../src/ogl/state/types.ts";

export const world: World = {
  ogl: "0.4.1",
  vectorStore: true,
  models: [
    { id: "chat", type: "text-generation", costs: { prompt_tokens: 1, completion_tokens: 2 } },
    {
      id: "embed",
      type: "text-embeddings-inference",
      dimension: 256,
      costs: { prompt_tokens: 0.5, completion_tokens: 0 },
    },
  ],
  keys: [
    { key: "sk-ann", name: "ann", budget: 100, permissions: ["create_public_collection"] },
    { key: "sk-bob", name: "bob" },
  ],
};

/** Options of mocks that wait for nothing, and close no connection of a test that is slow. */
export const SETUP: { readonly cassettes: []; readonly speed: number; readonly keepAliveMs: number } = {
  cassettes: [],
  speed: Infinity,
  keepAliveMs: 0,
};

export interface Answered {
  readonly status: number;
  readonly text: string;
}

export interface Found {
  readonly method: string;
  readonly score: number;
  readonly chunk: { readonly id: number; readonly document_id: number; readonly content: string };
}

/** A client of a mock, with one key. */
export class Documents {
  readonly #mock: RunningMock;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(mock: RunningMock, key = "sk-ann") {
    this.#mock = mock;
    this.#headers = { authorization: `Bearer ${key}` };
  }

  async call(method: string, path: string, body?: object): Promise<Answered> {
    const isForm = body instanceof FormData;
    const response = await fetch(this.#mock.url + path, {
      method,
      headers: { ...this.#headers, ...(isForm ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }

  /** Makes a collection. @returns its id */
  async collection(more: object = {}): Promise<number> {
    return idOf(await this.call("POST", "/v1/collections", { name: "notes", ...more }));
  }

  upload(
    content: string | Uint8Array,
    type = "text/plain",
    name = "a.txt",
    fields: object = {},
  ): Promise<Answered> {
    const form = new FormData();
    for (const [field, value] of Object.entries({ collection_id: 1, ...fields }))
      form.append(field, String(value));
    const part = typeof content === "string" ? content : Uint8Array.from(content);
    form.append("file", new Blob([part], { type }), name);
    return this.call("POST", "/v1/documents", form);
  }

  /** The texts of a document's chunks. */
  async chunks(document: number): Promise<string[]> {
    const { text } = await this.call("GET", `/v1/documents/${document}/chunks?limit=100`);
    return (JSON.parse(text) as { data: { content: string }[] }).data.map(({ content }) => content);
  }

  async search(query: string, more: object = {}): Promise<Found[]> {
    const { status, text } = await this.call("POST", "/v1/search", { query, ...more });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return (JSON.parse(text) as { data: Found[] }).data;
  }
}

export function idOf({ status, text }: Answered): number {
  if (status !== 201) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { id: number }).id;
}
