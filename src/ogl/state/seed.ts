import {
  type Database,
  type LimitRow,
  type Meter,
  type RoleRow,
  type Row,
  type Table,
  emptyDatabase,
} from "./tables/index.ts";
import { LIMIT_TYPES } from "./entities/index.ts";
import type { World, WorldKey, WorldModel } from "./types.ts";

/** Creation time (Unix seconds) of things that the world does not date: that of the first capture of a real OGL. */
const CREATED = 1_795_263_072;
const PERMISSIONS = ["admin", "create_public_collection", "read_metric", "provide_models"];

/** The key that administrates a gateway whose world lists no keys: OGL's own default. */
export const ADMIN_KEY = "changeme";
/** The user of each key in a world that lists none. */
export const ANYONE = 1;

export interface SeedOptions {
  readonly meter: Meter;
  /** True if the world lists no keys, and any key is that of one ordinary user. */
  readonly anyKey: boolean;
  /** True if the gateway has a master key; else its first administrator is a user. */
  readonly hasMaster: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Makes the database of a world. */
export function seedDatabase(world: World, options: SeedOptions): Database {
  const db = emptyDatabase(options.meter);
  for (const model of world.models) addModel(db, model);
  if (options.anyKey) seedAnyone(db, options);
  else {
    const users = userIds(world.keys ?? []);
    for (const [i, key] of (world.keys ?? []).entries())
      seedKey(db, key, { id: i + 1, user: users[i] ?? 0, now: options.now });
  }
  const { state = {} } = world;
  for (const [name, rows] of Object.entries(state)) {
    const table = db[name as keyof Database] as unknown as Table<Row>;
    for (const row of rows) table.put(row);
  }
  return db;
}

/** Adds a model: its router, and one provider of it. */
export function addModel(db: Database, model: WorldModel): void {
  const { id: name, type, aliases = [], created = CREATED, owned_by, costs } = model;
  const { max_context_length = null, dimension = null, provider, provider_name = name } = model;
  const dates = { created, updated: created };
  const sizes = { vector_size: dimension, max_context_length };
  const router = db.routers.put({
    id: db.routers.takeId(),
    name,
    user_id: 0,
    type,
    aliases,
    load_balancing_strategy: "shuffle",
    ...sizes,
    cost_prompt_tokens: costs?.prompt_tokens ?? 0,
    cost_completion_tokens: costs?.completion_tokens ?? 0,
    ...(owned_by === undefined ? {} : { owned_by }),
    ...dates,
  });
  db.providers.put({
    id: db.providers.takeId(),
    router_id: router.id,
    user_id: 0,
    type: provider ?? (type === "text-classification" ? "tei" : "vllm"),
    url: "http://upstream.example/",
    key: null,
    timeout: 300,
    model_name: provider_name,
    model_hosting_zone: "WOR",
    model_total_params: 0,
    model_active_params: 0,
    qos_metric: null,
    qos_limit: null,
    ...dates,
    ...sizes,
  });
}

const DATES = { created: CREATED, updated: CREATED };

function seedAnyone(db: Database, { hasMaster }: SeedOptions): void {
  const users = db.roles.put({ id: 1, name: "users", permissions: [], limits: [], open: true, ...DATES });
  const someone = { organization: null, budget: null, expires: null, priority: 0, ...DATES };
  db.users.put({
    id: ANYONE,
    email: "user-1@example.org",
    name: "user-1",
    password: "user-1",
    role: users.id,
    ...someone,
  });
  if (hasMaster) return;
  const admins = { id: 2, name: "admins", permissions: PERMISSIONS, limits: [], open: true, ...DATES };
  db.roles.put(admins);
  db.users.put({
    id: 2,
    email: "admin@example.org",
    name: "admin",
    password: ADMIN_KEY,
    role: 2,
    ...someone,
  });
  db.tokens.put({ id: 1, name: "admin", key: ADMIN_KEY, user: 2, expires: null, created: CREATED });
}

/** The users of a world's keys. A key that names none has one of its own: its position, unless another key names that one. */
function userIds(keys: readonly WorldKey[]): number[] {
  const named = new Set(keys.flatMap(({ user }) => user ?? []));
  let next = Math.max(keys.length, ...named);
  return keys.map(({ user }, i) => user ?? (named.has(i + 1) ? ++next : i + 1));
}

/** Adds a key of a world, and its user and the user's role if it is the first key of that user. */
function seedKey(
  db: Database,
  key: WorldKey,
  { id, user, now }: { readonly id: number; readonly user: number; readonly now: number },
): void {
  if (key.master) return;
  const past = Math.min(CREATED, now - 1);
  if (db.users.get(user) === undefined) {
    const name = key.name ?? `user-${user}`;
    const email = key.email ?? `${name}@example.org`;
    db.users.put({
      id: user,
      email: db.users.byKey(email) === undefined ? email : `user-${user}@example.org`,
      name,
      ...(key.password === undefined ? {} : { password: key.password }),
      role: seedRole(db, key).id,
      organization: null,
      budget: key.budget ?? null,
      expires: key.expired === "user" ? past : null,
      priority: 0,
      ...DATES,
    });
  }
  const expires = key.expired === "key" ? past : null;
  const token = { id, name: key.name ?? `key-${id}`, key: key.key, user, expires, created: CREATED };
  if (key.deleted) db.formerTokens.put(token);
  else db.tokens.put(token);
  db.tokens.skipTo(id + 1);
}

/** The role of a key's rights. Keys with the same rights share one. */
function seedRole(db: Database, key: WorldKey): RoleRow {
  const { permissions = [], models, limits = [] } = key;
  const open = models === undefined && limits.length === 0;
  const names = models ?? db.routers.rows.map(({ name }) => name);
  const rows = open
    ? []
    : names.flatMap((name): LimitRow[] => {
        const router = db.routers.byKey(name)?.id ?? 0;
        return LIMIT_TYPES.map((type) => {
          const value = limits.find((limit) => limit.model === name && limit.type === type)?.value ?? null;
          return { router, type, value };
        });
      });
  const rights = JSON.stringify([open, permissions, rows]);
  const same = db.roles.rows.find(
    (role) => JSON.stringify([role.open, role.permissions, role.limits]) === rights,
  );
  if (same !== undefined) return same;
  const id = db.roles.takeId();
  const kind = permissions.includes("admin") ? "admins" : "users";
  const name = db.roles.byKey(kind) === undefined ? kind : `${kind}-${id}`;
  return db.roles.put({ id, name, permissions, limits: rows, open, ...DATES });
}
