import { type Row, pgSort } from "../tables/index.ts";
import { type Call, crash } from "./call.ts";

/** Largest offset that PostgreSQL takes. */
const MAX_OFFSET = 2 ** 63;

/** The page of a list that a call wants. */
export interface Page<R> {
  readonly rows: readonly R[];
  readonly offset: number;
  readonly limit: number;
}

/**
 * Sorts rows and cuts out the page that the query asks for.
 *
 * @param columns columns that have another name in the row
 */
export function cutPage<R extends Row>(
  rows: readonly R[],
  { query }: Pick<Call, "query">,
  columns: Readonly<Record<string, (row: R) => unknown>> = {},
): Page<R> {
  const offset = Number(query["offset"] ?? 0);
  const limit = Number(query["limit"] ?? 10);
  if (offset < 0 || offset > MAX_OFFSET) crash();
  const column = String(query["order_by"] ?? query["sort_by"] ?? "id");
  const descends = (query["order_direction"] ?? query["sort_order"]) === "desc";
  const valueOf = columns[column] ?? ((row: R): unknown => (row as Record<string, unknown>)[column]);
  const order = (a: R, b: R): number => compareValues(valueOf(a), valueOf(b));
  const sorted = pgSort(rows, descends ? (a, b) => order(b, a) : order, offset + limit);
  return { rows: sorted.slice(offset, offset + limit), offset, limit };
}

/** Compares as PostgreSQL does: texts by code point, null after all others. */
function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return Number(a) - Number(b);
}

/** The envelope of a list. */
export function listEnvelope(data: readonly object[]): object {
  return { object: "list", data };
}

/** The envelope of a list that says how many there are. */
export function totalEnvelope(
  total: number,
  { offset, limit }: Page<unknown>,
  data: readonly object[],
): object {
  return { object: "list", total, offset, limit, data };
}
