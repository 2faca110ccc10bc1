import type { ChunkRow, Database } from "../tables/index.ts";
import { type Call, clockTime, crash } from "./call.ts";
import { type LexicalIndex, lexicalIndex, unitVector } from "./ranking/index.ts";

/** A chunk that is to be stored. */
export interface NewChunk {
  readonly content: string;
  readonly metadata: ChunkRow["metadata"];
  /** Its vector by the vector model, of any length. */
  readonly vector?: ArrayLike<number> | undefined;
}

/** Raises a failure if the vector store does not answer. */
export function checkStore({ settings }: Call): void {
  if (settings.vectorStore === "down") crash("ConnectionError");
}

/** Time of the next refresh. The engine refreshes at fixed times, whenever a chunk comes (observed on 0.4.1: chunks-50). */
function nextRefresh({ now, settings: { searchRefresh: period } }: Call): number {
  return period === 0 ? now : (Math.floor(now / period) + 1) * period;
}

/**
 * Chunks that the engine shows at the moment, in the order in which they were stored. A change shows only when the engine has
 * refreshed its index.
 */
export function visibleChunks(call: Call, isWanted: (chunk: ChunkRow) => boolean): ChunkRow[] {
  checkStore(call);
  const { db, now } = call;
  return db.chunks.rows.filter(
    (chunk) => chunk.from <= now && (chunk.until ?? Infinity) > now && isWanted(chunk),
  );
}

/** Chunks of a document that the engine shows, by number. */
export function chunksOf(call: Call, document: number): ChunkRow[] {
  return visibleChunks(call, ({ document_id: id }) => id === document).toSorted(
    (a, b) => a.number - b.number,
  );
}

/**
 * Stores chunks. Their numbers go on from the highest that the engine shows, so that of two calls before a refresh the second
 * overwrites the first (observed on 0.4.1: chunks-07).
 */
export function storeChunks(
  call: Call,
  document: { readonly id: number; readonly collection_id: number },
  chunks: readonly NewChunk[],
): number[] {
  const { db, now } = call;
  const first = (chunksOf(call, document.id).at(-1)?.number ?? -1) + 1;
  const numbers = chunks.map(({ content, metadata, vector }, i) => {
    const number = first + i;
    const old = db.chunks.byKey(`${document.id} ${number}`);
    if (old !== undefined) db.chunks.remove(old.id);
    db.chunks.put({
      id: db.chunks.takeId(),
      number,
      document_id: document.id,
      collection_id: document.collection_id,
      content,
      metadata,
      created: clockTime(now),
      from: nextRefresh(call),
      ...(vector === undefined ? {} : { vector: unitVector(vector) }),
    });
    return number;
  });
  wordIndex(call); // so that no search has to wait for it
  return numbers;
}

/** Deletes the chunks that the engine shows; those that it does not show yet stay (observed on 0.4.1: cascade-17). */
export function forgetChunks(call: Call, isWanted: (chunk: ChunkRow) => boolean): void {
  const { db, now, settings } = call;
  for (const chunk of visibleChunks(call, isWanted)) {
    if (settings.searchRefresh === 0) db.chunks.remove(chunk.id);
    else db.chunks.amend({ ...chunk, until: nextRefresh(call) });
  }
  for (const chunk of db.chunks.rows) if ((chunk.until ?? Infinity) <= now) db.chunks.remove(chunk.id);
}

/** The chunks that have no vector yet. A world comes with such. */
export function bareChunks(chunks: readonly ChunkRow[]): ChunkRow[] {
  return chunks.filter(({ vector }) => !(vector instanceof Float32Array));
}

/** Gives vectors to chunks. One without is near to nothing. */
export function giveVectors(
  { db }: Call,
  chunks: readonly ChunkRow[],
  vectors: readonly ArrayLike<number>[],
): void {
  for (const [i, { id }] of chunks.entries()) {
    const row = db.chunks.get(id);
    if (row !== undefined) db.chunks.amend({ ...row, vector: unitVector(vectors[i] ?? []) });
  }
}

/** The vectors of chunks by their rows' ids, each made once. */
export function vectorsOf(call: Call, chunks: readonly ChunkRow[]): [number, Float32Array][] {
  const bare = bareChunks(chunks);
  if (bare.length > 0) {
    const embedded = call.embed(bare.map(({ content }) => content));
    giveVectors(call, bare, "vectors" in embedded ? embedded.vectors : []);
  }
  return chunks.map(({ id }) => [id, call.db.chunks.get(id)?.vector ?? NO_VECTOR]);
}

const NO_VECTOR = new Float32Array(0);

interface KnownIndex {
  readonly index: LexicalIndex;
  version: number;
}

const indexes = new WeakMap<Database, KnownIndex>();

/** The index of a database's chunks by their words. */
export function wordIndex({ db }: Call): LexicalIndex {
  let known = indexes.get(db);
  if (known === undefined) indexes.set(db, (known = { index: lexicalIndex(), version: -1 }));
  if (known.version !== db.chunks.version) known.index.sync(db.chunks.rows);
  known.version = db.chunks.version;
  return known.index;
}

/** Deletes the chunks of collections that are gone, which nobody can reach, in the engine or not. */
export function dropChunks({ db }: Pick<Call, "db">, collections: ReadonlySet<number>): void {
  for (const { id, collection_id: home } of db.chunks.rows) if (collections.has(home)) db.chunks.remove(id);
}

/** A chunk as answers show it. */
export function chunkView(chunk: ChunkRow): object {
  const { number, collection_id, document_id, content, metadata, created } = chunk;
  return { object: "chunk", id: number, collection_id, document_id, content, metadata, created };
}
