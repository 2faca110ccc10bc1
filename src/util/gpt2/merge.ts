import type { Vocabulary } from "./vocabulary.ts";

/** Factor of a rank in a key of the heap; above every position. */
const RANK = 2 ** 32;

/**
 * Cuts bytes (written as Latin-1) into tokens by byte pair encoding: the pair of neighbours with the lowest rank is merged, the
 * leftmost of several, until no pair is a token. A heap finds that pair, so that the time is not quadratic in the length.
 *
 * @returns the ends of the tokens
 */
export function tokenEnds(bytes: string, vocabulary: Vocabulary): number[] {
  const { length } = bytes;
  if (vocabulary.ranks.has(bytes)) return [length];
  /** End of the token that begins at each position. */
  const ends = new Uint32Array(length);
  /** Start of the token before the one at each position. */
  const before = new Int32Array(length + 1);
  /** Rank of the token at each position merged with the next one; -1 if that is no token. */
  const pairs = new Int32Array(length).fill(-1);
  const heap: number[] = [];
  const rate = (start: number): void => {
    const next = ends[start] as number;
    const rank = next < length ? vocabulary.ranks.get(bytes.slice(start, ends[next])) : undefined;
    pairs[start] = rank ?? -1;
    if (rank !== undefined) push(heap, rank * RANK + start);
  };
  for (let start = 0; start < length; start++) {
    ends[start] = start + 1;
    before[start + 1] = start;
  }
  before[0] = -1;
  for (let start = 0; start + 1 < length; start++) {
    const rank = vocabulary.pairs[bytes.charCodeAt(start) * 256 + bytes.charCodeAt(start + 1)] as number;
    pairs[start] = rank;
    if (rank >= 0) push(heap, rank * RANK + start);
  }
  for (let key = pop(heap); key !== undefined; key = pop(heap)) {
    const start = key % RANK;
    // A pair that has changed meanwhile is in the heap a second time.
    if (pairs[start] !== (key - start) / RANK) continue;
    const next = ends[start] as number;
    const end = ends[next] as number;
    ends[start] = end;
    before[end] = start;
    pairs[next] = -1;
    rate(start);
    const previous = before[start] as number;
    if (previous >= 0) rate(previous);
  }
  const found: number[] = [];
  for (let start = 0; start < length; start = ends[start] as number) found.push(ends[start] as number);
  return found;
}

/** Adds a number to a heap whose least number is the first. */
function push(heap: number[], key: number): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as number;
    if (above <= key) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = key;
}

/** Takes the least number out of a heap. */
function pop(heap: number[]): number | undefined {
  const [least] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return least;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    const other = heap[child + 1];
    if (other !== undefined && other < (heap[child] as number)) child++;
    const below = heap[child] as number;
    if (below >= last) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return least;
}
