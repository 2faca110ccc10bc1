/** Operations on documents and chunks, and their answers by the model. */
import { deepStrictEqual } from "node:assert";
import { step } from "./access.ts";
import { type Operation, anyKey, expectList } from "./accounts.ts";
import { NO_COLLECTION, isReadable, ownerKey } from "./collections.ts";
import {
  type Answer,
  type Collection,
  type Document,
  type GatewayModel,
  expectAnswer,
  expectCrash,
  expectRefusal,
  expectStatus,
  pageOf,
  pageQuery,
  pick,
  pickId,
} from "./gateway.ts";

const NO_DOCUMENT = "Document not found.";

/** Words that no analyzer takes for each other. */
export const WORDS = ["zebra", "quartz", "violin", "harbor", "magnet", "turnip"] as const;

/** A text of a few words. */
export function someText(a: number, b: number): string {
  return [WORDS[a % WORDS.length], WORDS[b % WORDS.length], `number${a}`].join(" ");
}

function documentView({ id, name, collection, created, chunks }: Document): object {
  return { object: "document", id, name, collection_id: collection, created, chunks: chunks.size };
}

function addChunks(model: GatewayModel, document: Document, contents: readonly string[]): number[] {
  const first = Math.max(-1, ...document.chunks.keys()) + 1;
  for (const [i, content] of contents.entries())
    document.chunks.set(first + i, { content, created: model.clock });
  return contents.map((_, i) => first + i);
}

/** Only the owner of a collection adds documents to it. */
const createDocument: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const id = pickId(model.collections, b);
  const file = d % 4 === 0 ? undefined : someText(c, d);
  const name = `doc ${c % 9}`;
  const form = { collection_id: String(id), name };
  const request = { method: "POST", path: "/v1/documents", form, ...(file === undefined ? {} : { file }) };
  return step(model, ownerKey(model, model.collections.get(id), a), "usual", request, (answer, { user }) => {
    if (model.collections.get(id)?.owner !== user.id) return expectRefusal(answer, 404, NO_COLLECTION);
    const document = model.take("document");
    if (file !== undefined && user.budget === 0)
      return expectRefusal(answer, 500, "Vectorization failed: 400: Insufficient budget.");
    expectAnswer(answer, 201, { id: document });
    const row = { id: document, name, collection: id, created: model.stored, chunks: new Map() };
    if (file !== undefined) addChunks(model, row, [file]);
    model.documents.set(document, row);
  });
};

const homeOf = (model: GatewayModel, document: number): Collection | undefined =>
  model.collections.get(model.documents.get(document)?.collection ?? -1);

const getDocument: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.documents, b);
  const request = { method: "GET", path: `/v1/documents/${id}` };
  return step(model, ownerKey(model, homeOf(model, id), a), "usual", request, (answer, { user }) => {
    const row = model.documents.get(id);
    if (row !== undefined && isReadable(homeOf(model, id), user.id))
      expectAnswer(answer, 200, documentView(row));
    else expectRefusal(answer, 404, NO_DOCUMENT);
  });
};

const listDocuments: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const { offset, limit } = pageQuery(b, c);
  const collection = d % 2 === 0 ? pickId(model.collections, d) : undefined;
  const filter = collection === undefined ? "" : `&collection_id=${collection}`;
  const request = { method: "GET", path: `/v1/documents?offset=${offset}&limit=${limit}${filter}` };
  return step(model, anyKey(model, a), "usual", request, (answer, { user }) => {
    const rows = [...model.documents.values()].filter(
      (row) =>
        isReadable(homeOf(model, row.id), user.id) &&
        (collection === undefined || row.collection === collection),
    );
    expectList(answer, pageOf(rows, { offset, limit, descends: false }), documentView);
  });
};

/** The caller's own document; others are not found, not even those of public collections. */
function ownDocument(model: GatewayModel, id: number, user: number): Document | undefined {
  return homeOf(model, id)?.owner === user ? model.documents.get(id) : undefined;
}

const removeDocument: Operation = (model, [a = 0, b = 0]) => {
  const id = pickId(model.documents, b);
  const request = { method: "DELETE", path: `/v1/documents/${id}` };
  return step(model, ownerKey(model, homeOf(model, id), a), "usual", request, (answer, { user }) => {
    if (ownDocument(model, id, user.id) === undefined) return expectRefusal(answer, 404, NO_DOCUMENT);
    expectAnswer(answer, 204);
    model.documents.delete(id);
  });
};

const createChunks: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const id = pickId(model.documents, b);
  const contents = Array.from({ length: 1 + (c % 3) }, (_, i) => someText(c + i, d));
  const body = { chunks: contents.map((content) => ({ content, metadata: { page: 1 } })) };
  const request = { method: "POST", path: `/v1/documents/${id}/chunks`, body };
  return step(model, ownerKey(model, homeOf(model, id), a), "usual", request, (answer, { user }) => {
    const row = ownDocument(model, id, user.id);
    if (row === undefined) return expectRefusal(answer, 404, NO_DOCUMENT);
    if (user.budget === 0)
      return expectRefusal(answer, 500, "Vectorization failed: 400: Insufficient budget.");
    expectStatus(answer, 201);
    expectAnswer(answer, 201, { document_id: id, ids: addChunks(model, row, contents) });
  });
};

function chunkOf(row: Document, number: number): Record<string, unknown> {
  const { content, created } = row.chunks.get(number) ?? {};
  return {
    object: "chunk",
    id: number,
    collection_id: row.collection,
    document_id: row.id,
    content,
    created,
  };
}

function expectChunk(shown: unknown, row: Document, number: number): void {
  const { metadata: _, ...rest } = shown as Record<string, unknown>;
  deepStrictEqual(rest, chunkOf(row, number));
}

const listChunks: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const id = pickId(model.documents, b);
  const { offset, limit } = pageQuery(c, d);
  const path = d % 3 === 0 ? `/v1/chunks/${id}` : `/v1/documents/${id}/chunks`;
  const request = { method: "GET", path: `${path}?offset=${offset}&limit=${limit}` };
  return step(model, ownerKey(model, homeOf(model, id), a), "usual", request, (answer, { user }) => {
    const row = ownDocument(model, id, user.id);
    if (row === undefined) return expectRefusal(answer, 404, NO_DOCUMENT);
    expectStatus(answer, 200);
    const numbers = [...row.chunks.keys()].toSorted((x, y) => x - y).slice(offset, offset + limit);
    const { data } = answer.body as { data: readonly { readonly id: number }[] };
    deepStrictEqual(
      data.map((chunk) => chunk.id),
      numbers,
    );
    for (const chunk of data) expectChunk(chunk, row, chunk.id);
  });
};

/** One chunk by its own path, which never works, and by the old one (observed on 0.4.1). */
const getChunk: Operation = (model, [a = 0, b = 0, c = 0, d = 0]) => {
  const id = pickId(model.documents, b);
  const number = pick(model.documents.get(id)?.chunks.keys() ?? [], c) ?? 77;
  const isOld = d % 2 === 0;
  const path = isOld ? `/v1/chunks/${id}/${number}` : `/v1/documents/${id}/chunks/${number}`;
  const key = ownerKey(model, homeOf(model, id), a);
  return step(model, key, "usual", { method: "GET", path }, (answer, { user }) => {
    if (!isOld) return expectCrash(answer);
    const row = ownDocument(model, id, user.id);
    if (row === undefined) return expectRefusal(answer, 404, NO_DOCUMENT);
    if (!row.chunks.has(number)) return expectCrash(answer);
    expectStatus(answer, 200);
    expectChunk(answer.body, row, number);
  });
};

/** Answers the same if there is no such chunk. */
const removeChunk: Operation = (model, [a = 0, b = 0, c = 0]) => {
  const id = pickId(model.documents, b);
  const number = c % 3 === 0 ? 77 : (pick(model.documents.get(id)?.chunks.keys() ?? [], c) ?? 77);
  const request = { method: "DELETE", path: `/v1/documents/${id}/chunks/${number}` };
  return step(model, ownerKey(model, homeOf(model, id), a), "usual", request, (answer, { user }) => {
    const row = ownDocument(model, id, user.id);
    if (row === undefined) return expectRefusal(answer, 404, NO_DOCUMENT);
    expectAnswer(answer, 204);
    row.chunks.delete(number);
  });
};

/** A chunk that a search may find. */
export interface Findable {
  readonly document: Document;
  readonly number: number;
  readonly content: string;
}

/** The chunks of the collections that a user may read. */
export function findable(model: GatewayModel, user: number, collections: readonly number[]): Findable[] {
  return [...model.documents.values()]
    .filter(
      ({ id, collection }) =>
        isReadable(homeOf(model, id), user) && (collections.length === 0 || collections.includes(collection)),
    )
    .flatMap((document) =>
      [...document.chunks].map(([number, { content }]) => ({ document, number, content })),
    );
}

/** Compares a chunk of a search's answer with the one of the model. */
export function expectFound(answer: Answer, shown: unknown, found: readonly Findable[]): void {
  const { id, document_id } = shown as { readonly id: number; readonly document_id: number };
  const chunk = found.find(({ document, number }) => document.id === document_id && number === id);
  if (chunk === undefined)
    throw new Error(`chunk ${id} of ${document_id} can't be found: ${JSON.stringify(answer)}`);
  expectChunk(shown, chunk.document, chunk.number);
}

export const DOCUMENTS: Readonly<Record<string, Operation>> = {
  createDocument,
  getDocument,
  listDocuments,
  removeDocument,
  createChunks,
  listChunks,
  getChunk,
  removeChunk,
};
