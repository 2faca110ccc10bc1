/**
 * A small model of a gateway of OGL 0.4.1, written from what a real one was observed to do, not from gatetape's code: what each
 * request has to be answered after all requests before it.
 */
import { deepStrictEqual, strictEqual } from "node:assert";

export const LIMIT_KINDS = ["rpm", "rpd", "tpm", "tpd"] as const;
export type LimitKind = (typeof LIMIT_KINDS)[number];

export interface Limit {
  readonly router: number;
  readonly type: LimitKind;
  readonly value: number | null;
}

export interface Role {
  readonly id: number;
  name: string;
  permissions: readonly string[];
  /** `undefined` for a role of the world, to which each model is open. */
  limits: readonly Limit[] | undefined;
  readonly created: number;
  updated: number;
}

export interface User {
  readonly id: number;
  email: string;
  name: string | null;
  password: string;
  role: number;
  organization: number | null;
  budget: number | null;
  expires: number | null;
  priority: number;
  readonly created: number;
  updated: number;
}

export interface Organization {
  readonly id: number;
  name: string;
  readonly created: number;
  updated: number;
}

export interface Key {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly user: number;
  readonly expires: number | null;
  readonly created: number;
  deleted: boolean;
}

export interface Router {
  readonly id: number;
  name: string;
  readonly type: string;
  aliases: readonly string[];
  readonly owner: number;
  costs: { readonly prompt: number; readonly completion: number };
  readonly created: number;
  updated: number;
}

export interface Provider {
  readonly id: number;
  router: number;
  readonly owner: number;
  readonly url: string;
  readonly model: string;
  timeout: number;
  readonly created: number;
  updated: number;
}

export interface Collection {
  readonly id: number;
  name: string;
  readonly owner: number;
  description: string | null;
  visibility: string;
  readonly created: number;
  updated: number;
}

export interface Document {
  readonly id: number;
  readonly name: string;
  readonly collection: number;
  readonly created: number;
  /** Contents by the number of the chunk. */
  readonly chunks: Map<number, { readonly content: string; readonly created: number }>;
}

export interface Use {
  readonly user: number;
  readonly model: string;
  readonly key: string;
  readonly endpoint: string;
  readonly prompt: number;
  readonly completion: number;
  readonly cost: number;
  readonly created: number;
}

/** An answer of the mock: JSON, or text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request, and what its answer has to be. */
export interface Step {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly form?: Readonly<Record<string, string>>;
  /** Content of a text file that is sent in the form. */
  readonly file?: string;
  /** Compares the answer with the model, and changes the model as the request has changed the gateway. */
  readonly check: (answer: Answer) => void;
}

type Table = "role" | "user" | "organization" | "token" | "router" | "provider" | "collection" | "document";

/** The key of the world's administrator, and the names of its models. */
export const ROOT = "sk-root";
export const CHAT_MODEL = "chat";
export const FREE_MODEL = "free";
export const VECTOR_MODEL = "vectors";
/** Creation time that a world gives to what it does not date (Unix seconds). */
export const CREATED = 1_795_263_072;

/** The state of one session. */
export class GatewayModel {
  /** Milliseconds since 1970. */
  now: number;
  readonly roles: Map<number, Role> = new Map();
  readonly users: Map<number, User> = new Map();
  readonly organizations: Map<number, Organization> = new Map();
  readonly keys: Map<string, Key> = new Map();
  readonly routers: Map<number, Router> = new Map();
  readonly providers: Map<number, Provider> = new Map();
  readonly collections: Map<number, Collection> = new Map();
  readonly documents: Map<number, Document> = new Map();
  readonly uses: Use[] = [];
  readonly windows: Map<string, { readonly ends: number; count: number }> = new Map();
  readonly #next: Record<Table, number> = {
    role: 2,
    user: 2,
    organization: 1,
    token: 2,
    router: 4,
    provider: 4,
    collection: 1,
    document: 1,
  };

  constructor(now: number) {
    this.now = now;
    const dates = { created: CREATED, updated: CREATED };
    const permissions = ["admin", "create_public_collection"];
    this.roles.set(1, { id: 1, name: "admins", permissions, limits: undefined, ...dates });
    this.users.set(1, {
      id: 1,
      email: "root@example.org",
      name: "root",
      password: "pass-root",
      role: 1,
      organization: null,
      budget: null,
      expires: null,
      priority: 0,
      ...dates,
    });
    const root = { id: 1, name: "root", text: ROOT, user: 1, expires: null, created: CREATED };
    this.keys.set(ROOT, { ...root, deleted: false });
    const models = [
      { name: CHAT_MODEL, type: "text-generation", costs: { prompt: 1000, completion: 2000 } },
      { name: FREE_MODEL, type: "text-generation", costs: { prompt: 0, completion: 0 } },
      { name: VECTOR_MODEL, type: "text-embeddings-inference", costs: { prompt: 500, completion: 0 } },
    ];
    for (const [i, model] of models.entries()) {
      this.routers.set(i + 1, { id: i + 1, ...model, aliases: [], owner: 0, ...dates });
      this.providers.set(i + 1, {
        id: i + 1,
        router: i + 1,
        owner: 0,
        url: "http://upstream.example/",
        model: model.name,
        timeout: 300,
        ...dates,
      });
    }
  }

  /** Uses up the next id of a table. A refused insert does so, too. */
  take(table: Table): number {
    return this.#next[table]++;
  }

  /** The time as the database stores it: rounded to seconds. */
  get stored(): number {
    return Math.round(this.now / 1000);
  }

  /** The time as OGL itself takes it: cut off to seconds. */
  get clock(): number {
    return Math.floor(this.now / 1000);
  }

  isPast(expires: number | null): boolean {
    return expires !== null && expires * 1000 <= this.now;
  }

  /** The keys of a user that are neither deleted nor expired, by id. */
  livingKeys(user?: number): Key[] {
    return [...this.keys.values()].filter(
      (key) => !key.deleted && !this.isPast(key.expires) && (user === undefined || key.user === user),
    );
  }

  isServed(router: number): boolean {
    return [...this.providers.values()].some((provider) => provider.router === router);
  }
}

/** An element of a list, whatever the number; `undefined` of an empty list. */
export function pick<T>(list: Iterable<T>, n: number): T | undefined {
  const all = [...list];
  return all[n % Math.max(1, all.length)];
}

/** An id of the table, or now and then one that does not exist. */
export function pickId(table: ReadonlyMap<number, unknown>, n: number): number {
  return n % 10 === 9 ? 900 + n : (pick(table.keys(), n) ?? 900);
}

/** An answer without a body, or with this one. */
export function expectAnswer(answer: Answer, status: number, body: unknown = ""): void {
  deepStrictEqual(answer, { status, body });
}

/** A refusal in OGL's form. */
export function expectRefusal(answer: Answer, status: number, detail: string): void {
  deepStrictEqual(answer, { status, body: { detail } });
}

/** A failure of OGL's own code. */
export function expectCrash(answer: Answer): void {
  deepStrictEqual(answer, { status: 500, body: "Internal Server Error" });
}

export function expectStatus(answer: Answer, status: number): void {
  strictEqual(answer.status, status, JSON.stringify(answer.body));
}

/** Members of an answer's object. */
export function membersOf({ body }: Answer): Readonly<Record<string, unknown>> {
  return (typeof body === "object" && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
}

/** The part of a list that a query asks for. */
export interface PageQuery {
  readonly offset: number;
  readonly limit: number;
  readonly descends: boolean;
}

/** A page's query, now and then beyond the end. */
export function pageQuery(a: number, b: number): PageQuery {
  return { offset: a % 3 === 0 ? a % 12 : 0, limit: b % 4 === 0 ? 1 + (b % 5) : 100, descends: b % 2 === 1 };
}

/** Rows of a page, by id. */
export function pageOf<T extends { readonly id: number }>(rows: Iterable<T>, query: PageQuery): T[] {
  const sorted = [...rows].toSorted((a, b) => (query.descends ? b.id - a.id : a.id - b.id));
  return sorted.slice(query.offset, query.offset + query.limit);
}

export function queryText(query: PageQuery, direction = "order_direction"): string {
  return `offset=${query.offset}&limit=${query.limit}&${direction}=${query.descends ? "desc" : "asc"}`;
}

/** A key without its middle. */
export function maskedText(key: string): string {
  return `${key.slice(0, 8)}...${key.slice(-8)}`;
}
