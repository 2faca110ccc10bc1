import { pythonFloat } from "../../../asgi/index.ts";
import type { ChunkRow } from "../tables/index.ts";
import { type Call, crash, raiseRefusal } from "./call.ts";
import { isVisible } from "./collections.ts";
import { chunkView, vectorsOf, visibleChunks, wordIndex } from "./engine.ts";
import {
  type MetadataFilter,
  type Scored,
  fuseRanks,
  passesFilter,
  rankByVector,
  unitVector,
} from "./ranking/index.ts";

/** A search, with OGL's defaults. */
export interface SearchQuery {
  readonly query: string;
  readonly method: string;
  readonly limit: number;
  readonly offset: number;
  /** Constant of the fusion of ranks. */
  readonly rff_k: number;
  readonly score_threshold: number;
  readonly collection_ids: readonly number[];
  readonly document_ids: readonly number[];
  readonly metadata_filters: MetadataFilter | null;
}

/** A chunk that a search has found. */
export interface Hit {
  readonly chunk: ChunkRow;
  readonly score: number;
}

/** The part of a ranking that a search wants. */
interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Hits of each method of a hybrid search for one of its own. */
const EXPANSION = 2;

/**
 * Chunks of the collections that the caller may read, the nearest to the question first.
 *
 * @param vector the question's; of no use to a lexical search
 */
export function findChunks(call: Call, search: SearchQuery, vector: ArrayLike<number> | undefined): Hit[] {
  const { db } = call;
  for (const id of search.collection_ids) {
    const collection = db.collections.get(id);
    if (collection === undefined || !isVisible(call, collection))
      raiseRefusal(404, `Collection ${id} not found.`);
  }
  const chunks = new Map(visibleChunks(call, searchedBy(call, search)).map((chunk) => [chunk.id, chunk]));
  const lexical = ({ limit, offset }: Page): Scored[] =>
    wordIndex(call)
      .search(search.query, (id) => chunks.has(id), offset + limit)
      .slice(offset);
  // The engine looks at `limit` neighbours, and skips the first of these (observed on 0.4.1: search2-09).
  const semantic = ({ limit, offset }: Page): Scored[] =>
    rankByVector(unitVector(vector ?? crash("no vector")), vectorsOf(call, [...chunks.values()]), limit)
      .slice(offset)
      .filter(({ score }) => score >= search.score_threshold);
  const ranked: Readonly<Record<string, (page: Page) => Scored[]>> = { lexical, semantic, hybrid };
  return (ranked[search.method]?.(search) ?? []).flatMap(({ id, score }) => {
    const chunk = chunks.get(id);
    return chunk === undefined ? [] : [{ chunk, score }];
  });

  /** Both lists skip the first hits, before their ranks are counted (observed on 0.4.1: search2-11). */
  function hybrid({ limit, offset }: Page): Scored[] {
    const wide = { limit: EXPANSION * limit, offset };
    return fuseRanks([lexical(wide), semantic(wide)], search.rff_k, limit);
  }
}

/** Makes the test whether a search looks at a chunk. */
function searchedBy(call: Call, search: SearchQuery): (chunk: ChunkRow) => boolean {
  const { db } = call;
  const collections = new Set(search.collection_ids);
  const documents = new Set(search.document_ids);
  const readable = new Set(db.collections.rows.filter((row) => isVisible(call, row)).map(({ id }) => id));
  const { metadata_filters: filter } = search;
  return ({ collection_id: collection, document_id: document, metadata }) =>
    readable.has(collection) &&
    (collections.size === 0 || collections.has(collection)) &&
    (documents.size === 0 || documents.has(document)) &&
    (filter === null || passesFilter(metadata, filter));
}

/** Hits as answers list them. */
export function hitViews(method: string, hits: readonly Hit[]): object[] {
  return hits.map(({ chunk, score }) => ({ method, score: pythonFloat(score), chunk: chunkView(chunk) }));
}
