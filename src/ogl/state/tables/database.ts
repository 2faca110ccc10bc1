import type { Meter } from "./meter.ts";
import type {
  ChunkRow,
  CollectionRow,
  DocumentRow,
  OrganizationRow,
  ProviderRow,
  RoleRow,
  RouterRow,
  TokenRow,
  UserRow,
} from "./rows.ts";
import { Table } from "./table.ts";

/** The database of a mocked gateway, and the chunks of its search engine. */
export interface Database {
  readonly roles: Table<RoleRow>;
  readonly users: Table<UserRow>;
  readonly organizations: Table<OrganizationRow>;
  readonly tokens: Table<TokenRow>;
  /** Keys that were deleted. A key names its user in itself, so that OGL still knows whose it was. */
  readonly formerTokens: Table<TokenRow>;
  readonly routers: Table<RouterRow>;
  readonly providers: Table<ProviderRow>;
  readonly collections: Table<CollectionRow>;
  readonly documents: Table<DocumentRow>;
  readonly chunks: Table<ChunkRow>;
}

/** Makes an empty database. */
export function emptyDatabase(meter: Meter): Database {
  return {
    roles: new Table(meter, ({ name }) => name),
    users: new Table(meter, ({ email }) => email),
    organizations: new Table(meter, ({ name }) => name),
    tokens: new Table(meter, ({ key }) => key),
    formerTokens: new Table(meter, ({ key }) => key),
    routers: new Table(meter, ({ name }) => name),
    providers: new Table(meter),
    collections: new Table(meter),
    documents: new Table(meter),
    chunks: new Table(meter, ({ document_id, number }) => `${document_id} ${number}`),
  };
}

/** A copy that shares each table until it is written to. @param meter counts what the copy adds */
export function copyDatabase(db: Database, meter: Meter): Database {
  return {
    roles: db.roles.copy(meter),
    users: db.users.copy(meter),
    organizations: db.organizations.copy(meter),
    tokens: db.tokens.copy(meter),
    formerTokens: db.formerTokens.copy(meter),
    routers: db.routers.copy(meter),
    providers: db.providers.copy(meter),
    collections: db.collections.copy(meter),
    documents: db.documents.copy(meter),
    chunks: db.chunks.copy(meter),
  };
}

/** Returns the memory of a copy that is given up. */
export function releaseDatabase(db: Database): void {
  for (const table of Object.values(db)) table.release();
}
