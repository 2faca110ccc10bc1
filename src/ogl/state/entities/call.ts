import { Crash, Refusal } from "../../../asgi/index.ts";
import type { Database, RoleRow, Row, Table, TokenRow, UserRow } from "../tables/index.ts";

import type { UsageRow } from "./usage-row.ts";

/** The user of a call. */
export interface Caller {
  /** 0 for the master key. */
  readonly id: number;
  readonly master: boolean;
  /** Absent for the master key, and for the key of a user who was deleted. */
  readonly user: UserRow | undefined;
  readonly role: RoleRow | undefined;
  /** Absent if the gateway does not know the key itself. */
  readonly token: TokenRow | undefined;
  readonly admin: boolean;
}

/** Settings of a gateway, which a restart may change. */
export interface GatewaySettings {
  /** True if there is a vector store; `down` if there is one that does not answer. */
  readonly vectorStore: boolean | "down";
  /**
   * Name of the model that makes the vectors; `null` for none. `undefined` in a world that has no model for embeddings and says
   * nothing of it: then no search is refused for it.
   */
  readonly vectorModel: string | null | undefined;
  /** True if there is a parser of PDFs for `parse-beta`. */
  readonly parser: boolean;
  /** The longest life of a key in days; `null` for no limit. */
  readonly maxKeyDays: number | null;
  /** Time in ms until the vector store shows a change. */
  readonly searchRefresh: number;
  /** Upstreams that answer, by URL. @default every one */
  readonly upstreams: readonly Upstream[] | undefined;
  /** The master key. */
  readonly masterKey: string | undefined;
}

/** An upstream as a provider's check finds it. */
export interface Upstream {
  readonly url: string;
  readonly models: readonly {
    readonly id: string;
    readonly max_context_length?: number | null;
    readonly vector_size?: number | null;
  }[];
}

/** A refusal of an upstream. */
export interface UpstreamError {
  readonly status: number;
  readonly message: string;
}

/** Results of work that was done before a call. */
export interface Prepared {
  /** The text of a PDF; absent if it can't be read. */
  readonly pdfText?: string | undefined;
  /** The texts of an upload's chunks. */
  readonly texts?: readonly string[];
  /** The vectors of the chunks; absent if they are not made yet. */
  readonly vectors?: readonly ArrayLike<number>[] | undefined;
}

/** Vectors of texts, in their order, or the refusal of the vector model's upstream. */
export type Embedded = { readonly vectors: readonly ArrayLike<number>[] } | { readonly error: UpstreamError };

/** Differences of generations in the answers of stateful operations. */
export interface StateRules {
  /** The member by which limits and providers name a router. */
  readonly routerMember: "router" | "router_id";
  /** True if roles are listed with `total`, and changed or deleted ones are answered whole. */
  readonly wholeRoles: boolean;
  /** True if a changed provider is answered whole and needs the admin's right. */
  readonly wholeProviders: boolean;
  /** True if a new user is answered whole. */
  readonly wholeUsers: boolean;
  /** True if a chunk can be read by its own path. */
  readonly readsChunks: boolean;
  /** The member of a usage record with its energy. */
  readonly energyMember: "carbon" | "impacts";
}

/** A call of a stateful operation that FastAPI has accepted. */
export interface Call {
  readonly db: Database;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly caller: Caller;
  readonly settings: GatewaySettings;
  readonly rules: StateRules;
  /** The values of the path's parameters, in their order. */
  readonly path: readonly number[];
  readonly query: Readonly<Record<string, unknown>>;
  /** The fields of the body's model, or of the form. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Results of work on the body that the call had to wait for. */
  readonly prepared?: Prepared;
  /** Uses of models, the oldest first. */
  readonly usage: readonly UsageRow[];
  /** Vectors of texts by the vector model. */
  readonly embed: (texts: readonly string[]) => Embedded;
  /** Reads the text of a PDF; `undefined` if it can't be read. */
  readonly readPdf: (content: Uint8Array) => Promise<string | undefined>;
  /** Signs a new key. */
  readonly signKey: (claims: { user_id: number; token_id: number; expires: number | null }) => string;
}

/** The answer of a stateful operation. Refusals and failures are raised, as OGL does. */
export type Outcome = { readonly status: 200 | 201; readonly body: object } | { readonly status: 204 };

/** A stateful operation. */
export type Handler = (call: Call) => Outcome;

export const DONE: Outcome = { status: 204 };

/** An answer with 200. */
export function answer(body: object): Outcome {
  return { status: 200, body };
}

/** An answer with 201. */
export function made(body: object): Outcome {
  return { status: 201, body };
}

/** Raises a failure of OGL's own code or of its database. */
export function crash(reason = "DBAPIError"): never {
  throw new Crash(reason);
}

/** Raises a refusal. */
export function raiseRefusal(status: number, detail: string): never {
  throw new Refusal(status, detail);
}

const MAX_INT32 = 2 ** 31 - 1;

/** False for a number that a column of PostgreSQL can't hold. */
export function fitsColumn(id: number): boolean {
  return Math.abs(id) <= MAX_INT32;
}

/** The row of an id, which PostgreSQL takes only up to 2^31 - 1. */
export function rowOf<R extends Row>(table: Table<R>, id: number | undefined): R | undefined {
  if (id === undefined) return undefined;
  return fitsColumn(id) ? table.get(id) : crash();
}

/** The time in a column of the database: seconds, rounded (observed on 0.4.1: documents-01). */
export function databaseTime(now: number): number {
  return Math.round(now / 1000);
}

/** The time as OGL's own clock gives it: seconds, cut off. */
export function clockTime(now: number): number {
  return Math.floor(now / 1000);
}

/** True for a time that can be stored but not read. */
export function isUnreadable(expires: number | null): boolean {
  return expires !== null && expires > MAX_INT32;
}

/** Raises a failure for a time after January 2038, which can be stored but not read (observed on 0.4.1: keys-105). */
export function readTime(expires: number | null): number | null {
  return isUnreadable(expires) ? crash() : expires;
}

/** Raises a failure for a number that a column can't hold, or that JSON can't show. */
export function checkNumbers(whole: readonly (number | null)[], real: readonly (number | null)[] = []): void {
  if (!whole.every((value) => value === null || fitsColumn(value))) crash();
  if (!real.every((value) => value === null || Number.isFinite(value))) crash("ValueError");
}

/** Raises a failure for a text that PostgreSQL can't store. */
export function checkText(...texts: readonly unknown[]): void {
  if (texts.some((text) => typeof text === "string" && text.includes("\u0000"))) crash();
}
