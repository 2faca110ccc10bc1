/** Ranking of chunks for a search: by words, by vectors, by both; and filters on their metadata. */
export { type MetadataFilter, passesFilter } from "./filters.ts";
export { fuseRanks } from "./fusion.ts";
export { type LexicalIndex, lexicalIndex } from "./lexical.ts";
export type { Scored } from "./scored.ts";
export { rankByVector, unitVector } from "./semantic.ts";
