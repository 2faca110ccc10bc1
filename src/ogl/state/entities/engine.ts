import type { ChunkRow } from "../tables/index.ts";
import { type Call, clockTime, crash } from "./call.ts";

/** A chunk that is to be stored. */
export interface NewChunk {
  readonly content: string;
  readonly metadata: ChunkRow["metadata"];
}

/** Raises a failure if the vector store does not answer. */
export function checkStore({ settings }: Call): void {
  if (settings.vectorStore === "down") crash("ConnectionError");
}

/** Time of the next refresh. The engine refreshes at fixed times, whenever a chunk comes (observed on 0.4.1: chunks-50). */
function nextRefresh({ now, settings: { searchRefresh: period } }: Call): number {
  return period === 0 ? now : (Math.floor(now / period) + 1) * period;
}

/** Chunks that the engine shows at the moment, by number. A change shows only when the engine has refreshed its index. */
export function visibleChunks(call: Call, isWanted: (chunk: ChunkRow) => boolean): ChunkRow[] {
  checkStore(call);
  const { db, now } = call;
  return db.chunks.rows
    .filter((chunk) => chunk.from <= now && (chunk.until ?? Infinity) > now && isWanted(chunk))
    .toSorted((a, b) => a.number - b.number);
}

/** Chunks of a document that the engine shows. */
export function chunksOf(call: Call, document: number): ChunkRow[] {
  return visibleChunks(call, ({ document_id: id }) => id === document);
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
  return chunks.map(({ content, metadata }, i) => {
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
    });
    return number;
  });
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

/** A chunk as answers show it. */
export function chunkView(chunk: ChunkRow): object {
  const { number, collection_id, document_id, content, metadata, created } = chunk;
  return { object: "chunk", id: number, collection_id, document_id, content, metadata, created };
}
