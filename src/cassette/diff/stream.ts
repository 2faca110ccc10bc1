import { decodeSse, sseEvents } from "../../http/index.ts";
import { parseJsonSource, plainJson } from "../../util/index.ts";
import { spellingChange, textChanges, valueChanges } from "./bytes.ts";
import type { Change } from "./types.ts";

/** A stretch of a stream: an event, or the bytes between two events. */
export interface Block {
  readonly kind: "json" | "data" | "none";
  /** The number of the event, counted from 1; of bytes between events, that of the event before. */
  readonly number: number;
  readonly start: number;
  readonly bytes: Uint8Array;
  /** The bytes as Latin-1; equal for equal bytes. */
  readonly key: string;
  /** For `json`: the event's data. */
  readonly json?: unknown;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** For `json`: its scalars with their locations, by which the similarity of two events is counted. */
  readonly leaves: ReadonlySet<string>;
}

/** A block of either stream, or of both where they are the same event. */
export type Pair = readonly [before: number | undefined, after: number | undefined];

/** Beyond this many comparisons events are paired by their order. */
const MAX_COMPARISONS = 1_000_000;

/** Leaving two events unpaired costs more than pairing any two of one kind, which costs 1 at most. */
const GAP = 0.6;

/** Splits a stream into its events and the bytes between them, in order and without gaps. */
export function blocksOf(bytes: Uint8Array): Block[] {
  const blocks: Block[] = [];
  let rest = 0;
  let number = 0;
  const add = (end: number, more: Partial<Block>): void => {
    const part = bytes.subarray(rest, end);
    const key = Buffer.from(part).toString("latin1");
    blocks.push({ kind: "none", number, start: rest, bytes: part, key, leaves: new Set(), ...more });
    rest = end;
  };
  for (const { start, end, event, id, data } of sseEvents(decodeSse(bytes))) {
    if (start > rest) add(start, {});
    number++;
    const json = data.startsWith("{") ? jsonOrText(data) : undefined;
    add(end, {
      fields: { event, id, ...(json === undefined ? { data } : {}) },
      ...(json === undefined
        ? { kind: "data" }
        : { kind: "json", json, leaves: new Set(leavesOf(plainJson(json), "")) }),
    });
  }
  if (rest < bytes.length) add(bytes.length, {});
  return blocks;
}

/** The blocks of two streams side by side, equal and similar ones beside each other, in order. */
export function alignBlocks(before: readonly Block[], after: readonly Block[]): Pair[] {
  let head = 0;
  const shorter = Math.min(before.length, after.length);
  while (head < shorter && before[head]?.key === after[head]?.key) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail)?.key === after.at(-1 - tail)?.key) tail++;
  const range = (n: number, a: number, b: number): Pair[] =>
    Array.from({ length: n }, (_, i): Pair => [a + i, b + i]);
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const middle = a.length * b.length > MAX_COMPARISONS ? byOrder(a, b) : cheapest(a, b);
  const shift = (i: number | undefined): number | undefined => (i === undefined ? undefined : i + head);
  return [
    ...range(head, 0, 0),
    ...middle.map(([i, j]): Pair => [shift(i), shift(j)]),
    ...range(tail, before.length - tail, after.length - tail),
  ];
}

/** Changes between two paired blocks, or the whole of a block without a counterpart. */
export function blockChanges(before: Block | undefined, after: Block | undefined): Change[] {
  const part = (before ?? after)?.kind === "none" ? "body" : "event";
  if (before === undefined || after === undefined) {
    return [
      {
        part,
        ...(before === undefined ? {} : { before: shownBlock(before) }),
        ...(after === undefined ? {} : { after: shownBlock(after) }),
        ...(part === "body" ? { note: "is not an event" } : {}),
      },
    ];
  }
  if (before.key === after.key) return [];
  if (before.kind === "none") return textChanges(part, before.bytes, after.bytes);
  const changes = [
    ...valueChanges(part, before.fields, after.fields),
    ...(before.kind === "json" ? valueChanges(part, before.json, after.json) : []),
  ];
  return changes.length > 0 ? changes : [spellingChange(part, before.bytes, after.bytes)];
}

function shownBlock(block: Block): unknown {
  return block.kind === "json"
    ? plainJson(block.json)
    : (block.fields?.["data"] ?? Buffer.from(block.bytes).toString("utf8"));
}

/** The cheapest pairing, by the algorithm of Needleman and Wunsch. */
function cheapest(a: readonly Block[], b: readonly Block[]): Pair[] {
  const width = b.length + 1;
  const costs = new Float64Array((a.length + 1) * width);
  const at = (i: number, j: number): number => costs[i * width + j] as number;
  const pairCost = (i: number, j: number): number => distance(a[i] as Block, b[j] as Block);
  for (let i = a.length; i >= 0; i--) {
    for (let j = b.length; j >= 0; j--) {
      const options = [
        ...(i < a.length ? [at(i + 1, j) + GAP] : []),
        ...(j < b.length ? [at(i, j + 1) + GAP] : []),
        ...(i < a.length && j < b.length ? [at(i + 1, j + 1) + pairCost(i, j)] : []),
      ];
      costs[i * width + j] = options.length === 0 ? 0 : Math.min(...options);
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && at(i, j) === at(i + 1, j + 1) + pairCost(i, j))
      pairs.push([i++, j++]);
    else if (i < a.length && at(i, j) === at(i + 1, j) + GAP) pairs.push([i++, undefined]);
    else pairs.push([undefined, j++]);
  }
  return pairs;
}

function byOrder(a: readonly Block[], b: readonly Block[]): Pair[] {
  return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_, i): Pair[] => {
    const one: Pair = [i < a.length ? i : undefined, undefined];
    const other: Pair = [undefined, i < b.length ? i : undefined];
    if (one[0] === undefined) return [other];
    if (other[1] === undefined) return [one];
    return a[i]?.kind === b[i]?.kind ? [[i, i]] : [one, other];
  });
}

/** Distance of two blocks: 0 for the same bytes, up to 1 for the same kind with nothing in common. */
function distance(a: Block, b: Block): number {
  if (a.key === b.key) return 0;
  if (a.kind !== b.kind) return Infinity;
  if (a.kind !== "json") return 1;
  let common = 0;
  for (const leaf of a.leaves) if (b.leaves.has(leaf)) common++;
  return 1 - common / Math.max(1, a.leaves.size, b.leaves.size);
}

function* leavesOf(value: unknown, path: string): Generator<string> {
  if (typeof value !== "object" || value === null) yield `${path}=${JSON.stringify(value)}`;
  else for (const [key, item] of Object.entries(value)) yield* leavesOf(item, `${path}/${key}`);
}

function jsonOrText(data: string): unknown {
  try {
    return parseJsonSource(data);
  } catch {
    return undefined;
  }
}
