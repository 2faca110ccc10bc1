import { type Scored, bestFirst } from "./scored.ts";

/**
 * Reciprocal rank fusion: the sum of 1 / (k + rank + 1) over the lists, with ranks from 0. Of equal sums the one of the earlier
 * list comes first (observed on 0.4.1: search-03).
 */
export function fuseRanks(lists: readonly (readonly Scored[])[], k: number, count: number): Scored[] {
  const sums = new Map<number, number>();
  for (const list of lists)
    for (const [rank, { id }] of list.entries()) sums.set(id, (sums.get(id) ?? 0) + 1 / (k + rank + 1));
  return bestFirst(
    [...sums].map(([id, score]) => ({ id, score })),
    count,
  );
}
