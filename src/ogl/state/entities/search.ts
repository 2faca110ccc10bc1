import { pythonFloat } from "../../../asgi/index.ts";
import type { ChunkRow } from "../tables/index.ts";
import { type Call, raiseRefusal } from "./call.ts";
import { isVisible } from "./collections.ts";
import { chunkView, visibleChunks } from "./engine.ts";

/** A search, with OGL's defaults. */
export interface SearchQuery {
  readonly query: string;
  readonly method: string;
  readonly limit: number;
  readonly offset: number;
  readonly collection_ids: readonly number[];
  readonly document_ids: readonly number[];
}

/** A chunk that a search has found. */
export interface Hit {
  readonly chunk: ChunkRow;
  readonly score: number;
}

/** Chunks of the collections that the caller may read, the one with most words of the question first. */
export function findChunks(call: Call, search: SearchQuery): Hit[] {
  const { db } = call;
  for (const id of search.collection_ids) {
    const collection = db.collections.get(id);
    if (collection === undefined || !isVisible(call, collection))
      raiseRefusal(404, `Collection ${id} not found.`);
  }
  const chunks = visibleChunks(call, (chunk) => {
    const home = db.collections.get(chunk.collection_id);
    return (
      home !== undefined &&
      isVisible(call, home) &&
      (search.collection_ids.length === 0 || search.collection_ids.includes(chunk.collection_id)) &&
      (search.document_ids.length === 0 || search.document_ids.includes(chunk.document_id))
    );
  });
  const requested = wordsOf(search.query);
  const hits = chunks
    .map((chunk) => ({ chunk, score: overlap(requested, wordsOf(chunk.content)) }))
    .filter(({ score }) => search.method !== "lexical" || score > 0)
    .toSorted((a, b) => b.score - a.score);
  // A semantic search looks only at the first `limit` neighbours (observed on 0.4.1: search2-09).
  const reach = search.method === "semantic" ? search.limit : search.offset + search.limit;
  return hits.slice(search.offset, reach);
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

function overlap(requested: ReadonlySet<string>, words: ReadonlySet<string>): number {
  let common = 0;
  for (const word of requested) if (words.has(word)) common++;
  return common / Math.max(1, requested.size);
}

/** Hits as answers list them. */
export function hitViews(method: string, hits: readonly Hit[]): object[] {
  return hits.map(({ chunk, score }) => ({ method, score: pythonFloat(score), chunk: chunkView(chunk) }));
}
