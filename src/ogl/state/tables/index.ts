/** Tables of the gateway's database: rows, sequences, the order of PostgreSQL, and the memory that they take. */
export { type Database, copyDatabase, emptyDatabase, releaseDatabase } from "./database.ts";
export { Meter } from "./meter.ts";
export { pgSort } from "./pg-sort.ts";
export type {
  ChunkRow,
  CollectionRow,
  DocumentRow,
  LimitRow,
  OrganizationRow,
  ProviderRow,
  RoleRow,
  RouterRow,
  TokenRow,
  UserRow,
} from "./rows.ts";
export { type Row, Table } from "./table.ts";
