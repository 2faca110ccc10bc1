import { type SeedOptions, seedDatabase } from "./seed.ts";
import { type Database, Meter } from "./tables/index.ts";
import type { World } from "./types.ts";

/** A mistake in the rows of a world's state. */
export interface RowProblem {
  readonly code: "duplicate" | "unknown-row";
  readonly pointer: string;
  readonly reason: string;
  readonly fix: string;
}

type Row = Readonly<Record<string, unknown>> & { readonly id: number };
type TableName = keyof Database;

/** Columns by which a row names one of another table. */
const NAMES_ROW: readonly (readonly [table: TableName, column: string, home: TableName])[] = [
  ["users", "role", "roles"],
  ["users", "organization", "organizations"],
  ["tokens", "user", "users"],
  ["providers", "router_id", "routers"],
  ["collections", "user", "users"],
  ["documents", "collection_id", "collections"],
];

/** Columns whose value no other row of the table may have. */
const UNIQUE: readonly (readonly [table: TableName, column: string])[] = [
  ["roles", "name"],
  ["users", "email"],
  ["organizations", "name"],
  ["tokens", "key"],
  ["routers", "name"],
];

const OPTIONS: Omit<SeedOptions, "anyKey" | "meter"> = { hasMaster: false, now: 0 };

/**
 * Finds the first row of a world's state that contradicts the others, or the world's models and keys.
 *
 * @returns `undefined` if all rows fit together
 */
export function findRowProblem(world: World): RowProblem | undefined {
  const { state = {}, keys } = world;
  const rowsOf = (table: TableName): readonly Row[] => (state[table] ?? []) as readonly Row[];
  const repeated = Object.keys(state).flatMap((table) => repeatedId(table, rowsOf(table as TableName)));
  if (repeated[0] !== undefined) return repeated[0];
  const db = seedDatabase(world, { ...OPTIONS, anyKey: keys === undefined, meter: new Meter(Infinity) });
  for (const [table, column] of UNIQUE) {
    const values = Map.groupBy<unknown, object>(db[table].rows, (row) => Reflect.get(row, column));
    for (const [i, row] of rowsOf(table).entries())
      if ((values.get(row[column])?.length ?? 0) > 1)
        return {
          code: "duplicate",
          pointer: `/state/${table}/${i}/${column}`,
          reason: `another of the ${table} has this ${column}, of the state or of the world's models and keys`,
          fix: "give each a value of its own, or the same id, which replaces the other",
        };
  }
  for (const [table, column, home] of NAMES_ROW)
    for (const [i, row] of rowsOf(table).entries()) {
      const missing = missingRow(db, home, row[column], `/state/${table}/${i}/${column}`);
      if (missing !== undefined) return missing;
    }
  for (const [i, { limits }] of rowsOf("roles").entries())
    for (const [j, { router }] of (limits as { readonly router: number }[]).entries()) {
      const missing = missingRow(db, "routers", router, `/state/roles/${i}/limits/${j}/router`);
      if (missing !== undefined) return missing;
    }
  return undefined;
}

function repeatedId(table: string, rows: readonly Row[]): RowProblem[] {
  const seen = new Set<number>();
  const at = rows.findIndex(({ id }) => seen.size === seen.add(id).size);
  if (at === -1) return [];
  const pointer = `/state/${table}/${at}/id`;
  const reason = `another row of ${table} has the id ${rows[at]?.id}`;
  return [{ code: "duplicate", pointer, reason, fix: "give each row an id of its own" }];
}

function missingRow(db: Database, home: TableName, id: unknown, pointer: string): RowProblem | undefined {
  if (id === null || db[home].get(Number(id)) !== undefined) return undefined;
  const there = db[home].rows.map((row) => row.id).join(", ");
  return {
    code: "unknown-row",
    pointer,
    reason: `${home} have no row with the id ${String(id)}`,
    fix: `add it to /state/${home}, or name one that is there (${there === "" ? "there is none" : there})`,
  };
}
