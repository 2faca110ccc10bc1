import { createHmac } from "node:crypto";
import { RecentMap } from "../../util/index.ts";
import {
  type Call,
  type Caller,
  type Embedded,
  type GatewaySettings,
  type UsageRow,
  readPdf,
} from "./entities/index.ts";
import { type Router, routersOf } from "./lookup.ts";
import { ADMIN_KEY, ANYONE, addModel, seedDatabase } from "./seed.ts";
import { type Principal, Session } from "./session.ts";
import { settingsOf } from "./settings.ts";
import { type Database, Meter } from "./tables/index.ts";
import type { World, WorldModel } from "./types.ts";
import type { FixedWindows } from "./windows.ts";

export interface WorldStateOptions {
  /** True to accept any key as that of a user without limits. */
  readonly anyKey?: boolean;
  /** True if the gateway has a master key; else its first administrator is a user. @default true */
  readonly hasMaster?: boolean;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** True for the name of a model that no list has. @default none */
  readonly hides?: (model: string) => boolean;
  /** Makes the vectors of texts by a model; `""` is none. @default vectors of one number, the same for all texts */
  readonly embed?: (model: string, texts: readonly string[], session: string) => Embedded;
  /** Reads the text of a PDF. @default in this thread */
  readonly readPdf?: Call["readPdf"];
  /** Settings in place of the world's. */
  readonly settings?: Partial<GatewaySettings>;
  /** Memory in bytes that the state of all sessions may take, vectors of chunks included. @default 256 MiB */
  readonly maxBytes?: number;
}

interface Seed {
  readonly world: World;
  readonly db: Database;
  readonly settings: GatewaySettings;
}

/** Room for a few of the largest uploads: each is some 80 MiB with its vectors. */
const DEFAULT_BYTES = 256 * 1024 * 1024;
const SHARED = "";
/** Sessions whose state is kept; beyond, the least recently used is forgotten. */
const MAX_SESSIONS = 10_000;
/** Uses of models that all sessions remember; beyond, those of the least recently used are forgotten. */
const MAX_USES = 200_000;

/**
 * The gateway's database and counters, for each session that is named and for all requests without one. A session begins
 * with what the world says.
 */
export class WorldState {
  readonly #makeWorld: () => World;
  readonly #options: WorldStateOptions;
  readonly #now: () => number;
  readonly #meter: Meter;
  readonly #sessions: RecentMap<string, Session>;
  #shared: Session | undefined;
  #last: { readonly name: string; readonly session: Session } | undefined;
  #seed: Seed | undefined;
  #changes: Partial<GatewaySettings>;
  #uses = 0;

  /** @param makeWorld called when the world is first needed: a world made of the cassettes would cost time at the start */
  constructor(makeWorld: () => World, options: WorldStateOptions = {}) {
    this.#makeWorld = makeWorld;
    this.#options = options;
    this.#changes = options.settings ?? {};
    this.#now = options.now ?? Date.now;
    this.#meter = new Meter(options.maxBytes ?? DEFAULT_BYTES);
    this.#sessions = new RecentMap(MAX_SESSIONS, (session) => this.#giveUp(session));
  }

  /** The world, made if this is its first use. */
  get world(): World {
    return this.#base.world;
  }

  get now(): number {
    return this.#now();
  }

  get #base(): Seed {
    this.#seed ??= this.#makeSeed();
    return this.#seed;
  }

  #makeSeed(): Seed {
    const world = this.#makeWorld();
    const { anyKey: given = false, hasMaster = true } = this.#options;
    const anyKey = given || world.keys === undefined;
    const now = Math.floor(this.now / 1000);
    const db = seedDatabase(world, { meter: new Meter(Infinity), anyKey, hasMaster, now });
    const own = world.keys?.find(({ master }) => master)?.key;
    return { world, db, settings: settingsOf(world, own ?? (anyKey && hasMaster ? ADMIN_KEY : undefined)) };
  }

  /** Makes the world anew. Models that are new are added to each session; the rest of their state stays. */
  refresh(): void {
    if (this.#seed === undefined) return;
    this.#seed = this.#makeSeed();
    for (const session of [this.#shared, ...this.#sessions.values()])
      for (const model of session === undefined ? [] : this.#seed.world.models)
        if (session?.db.routers.byKey(model.id) === undefined && session !== undefined)
          addModel(session.db, model);
  }

  /** The state of a session. */
  session(name: string): Session {
    if (name === SHARED) return (this.#shared ??= this.#makeSession());
    if (this.#last?.name === name) return this.#last.session;
    const session = this.#sessions.getOrMake(name, () => this.#makeSession());
    this.#last = { name, session };
    return session;
  }

  #makeSession(): Session {
    return new Session(this.#base.db, this.#meter, this.#now);
  }

  /** The settings of the gateway as a session has them. */
  settings(name: string): GatewaySettings {
    return { ...this.#base.settings, ...this.#changes, ...this.session(name).changes };
  }

  /** Changes settings, as a restart of the gateway with another configuration does. The state stays; limits begin anew. */
  configure(changes: Partial<GatewaySettings>, name?: string): void {
    if (name === undefined) this.#changes = { ...this.#changes, ...changes };
    else {
      const session = this.session(name);
      session.changes = { ...session.changes, ...changes };
    }
    for (const each of name === undefined
      ? [this.session(SHARED), ...this.#sessions.values()]
      : [this.session(name)])
      each.restart();
  }

  /** The principal of a key; `undefined` if the key does not exist. */
  principalOf(key: string, name: string): Principal | undefined {
    const session = this.session(name);
    const version = principalVersion(session.db);
    if (session.lastKey?.key === key && session.lastKey.version === version) return session.lastKey.principal;
    const found = this.#findPrincipal(key, session.db);
    session.lastKey = { key, version, principal: found };
    return found;
  }

  #findPrincipal(key: string, db: Database): Principal | undefined {
    const token = db.tokens.byKey(key) ?? db.formerTokens.byKey(key);
    if (token !== undefined) return principal(db, token.user, token, db.tokens.byKey(key) === undefined);
    if (key === this.#base.settings.masterKey) return MASTER;
    const any = this.#options.anyKey || this.#base.world.keys === undefined;
    return any ? principal(db, ANYONE, undefined, false) : undefined;
  }

  /** The models of a session, in the order of their ids. */
  routers(name: string): readonly Router[] {
    return routersOf(this.session(name).db).list;
  }

  /** The models of a session that lists have. */
  listed(name: string): readonly Router[] {
    const { hides } = this.#options;
    const all = this.routers(name);
    return hides === undefined ? all : all.filter(({ model }) => !hides(model.id));
  }

  /** A model by its name or an alias. */
  routerOf(model: string, name: string): Router | undefined {
    return routersOf(this.session(name).db).byName.get(model);
  }

  /** The windows of a session's limits. */
  windows(name: string): FixedWindows {
    return this.session(name).windows;
  }

  /** Gives a session the state of the world again, with fresh windows. */
  reset(name: string): void {
    this.#last = undefined;
    this.#giveUp(this.session(name));
    if (name === SHARED) this.#shared = undefined;
    else this.#sessions.delete(name);
    this.#last = undefined;
  }

  /** Money left in a user's budget; `null` if the user has no budget. */
  budgetOf({ user }: Principal): number | null {
    return user?.budget ?? null;
  }

  /** Charges the cost of an answer to a budget, down to 0 (observed on 0.4.1: budget-budgetlow-2). */
  charge({ id }: Principal, name: string, cost: number): void {
    const { users } = this.session(name).db;
    const user = users.get(id);
    const left = user?.budget ?? null;
    if (user === undefined || left === null || left <= 0 || cost === 0) return;
    const updated = Math.round(this.now / 1000);
    users.put({ ...user, budget: toMicro(left - Math.min(cost, left)), updated });
  }

  /** Records the use of a model. */
  recordUse(name: string, row: UsageRow): void {
    const session = this.session(name);
    const before = session.usage.length;
    session.recordUse(row);
    this.#uses += session.usage.length - before;
    if (this.#uses > MAX_USES) this.#forgetUses(session);
  }

  /** Forgets uses until half of their room is left, those of the session at work last. */
  #forgetUses(atWork: Session): void {
    for (const session of [...this.#sessions.values(), ...(this.#shared ? [this.#shared] : [])]) {
      if (this.#uses <= MAX_USES / 2) return;
      if (session === atWork) continue;
      this.#uses -= session.usage.length;
      session.forgetUses();
    }
  }

  #giveUp(session: Session): void {
    this.#uses -= session.usage.length;
    session.release();
  }

  /** Memory of all sessions, and its bound. */
  get bytes(): { readonly used: number; readonly max: number } {
    return { used: this.#meter.used, max: this.#meter.max };
  }

  /** The tables of a session. Passwords and vectors are left out. */
  tables(name: string): Readonly<Record<string, readonly object[]>> {
    const { db } = this.session(name);
    return Object.fromEntries(
      Object.entries(db).map(([table, { rows }]) => [
        table,
        (rows as readonly { readonly id: number; readonly password?: string }[])
          .toSorted((a, b) => a.id - b.id)
          .map((row) => rowWithout(row, UNSHOWN)),
      ]),
    );
  }

  /** The session as a stateful operation sees it. */
  callOf(caller: Caller, name: string): Omit<Call, "rules" | "path" | "query" | "body" | "prepared"> {
    const { db, usage } = this.session(name);
    const settings = this.settings(name);
    const embed = (texts: readonly string[]): Embedded =>
      this.#options.embed?.(settings.vectorModel ?? "", texts, name) ?? { vectors: texts.map(() => [1]) };
    const read = this.#options.readPdf ?? readPdf;
    return { db, now: this.now, caller, settings, usage, embed, readPdf: read, signKey };
  }
}

/** Changes with each write to what a principal is made of. */
function principalVersion({ tokens, formerTokens, users, roles }: Database): number {
  return tokens.version + formerTokens.version + users.version + roles.version;
}

/** Members of rows that are for the gateway alone. */
const UNSHOWN: ReadonlySet<string> = new Set(["password", "vector"]);

function rowWithout(row: object, names: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(row).filter(([member]) => !names.has(member)));
}

/** Signs a key as OGL does: a JSON Web Token, the same for the same numbers. */
function signKey(claims: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `sk-${signed}.${createHmac("sha256", "gatetape").update(signed).digest("base64url")}`;
}

/** The principal of operations that need no key. */
export const NOBODY: Principal = {
  id: -1,
  master: false,
  user: undefined,
  role: undefined,
  token: undefined,
  admin: false,
  gone: false,
};

const MASTER: Principal = {
  id: 0,
  master: true,
  user: undefined,
  role: undefined,
  token: undefined,
  admin: true,
  gone: false,
};

function principal(db: Database, id: number, token: Caller["token"], gone: boolean): Principal {
  const user = db.users.get(id);
  const role = user && db.roles.get(user.role);
  return { id, master: false, user, role, token, admin: role?.permissions.includes("admin") ?? false, gone };
}

/** Rounds money as OGL does: to six decimals. */
export function toMicro(amount: number): number {
  return Number(amount.toFixed(6));
}

/** The cost of an answer by the model's prices for a million tokens. */
export function costOf({ costs }: WorldModel, promptTokens: number, completionTokens: number): number {
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = costs ?? {};
  if (prompt === 0 && completion === 0) return 0;
  return toMicro((promptTokens / 1e6) * prompt + (completionTokens / 1e6) * completion);
}
