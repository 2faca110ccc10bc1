import { deepStrictEqual, ok } from "node:assert";
import * as fc from "fast-check";
import { ACCOUNTS, type Operation } from "./accounts.ts";
import type { GatewayClient } from "./client.ts";
import { COLLECTIONS } from "./collections.ts";
import { DOCUMENTS } from "./documents.ts";
import { type Answer, GatewayModel } from "./gateway.ts";
import { KEYS } from "./keys.ts";
import { MODELS } from "./models.ts";
import { ORGANIZATIONS } from "./organizations.ts";
import { USES } from "./use.ts";

export const SESSIONS = 20;

/** A clock that the commands move. */
export interface Clock {
  now: number;
}

/** The gateway that the commands meet. */
export interface RealGateway {
  readonly client: GatewayClient;
  readonly clock: Clock;
  /** Requests that were refused since there was no room. */
  full: number;
  /** Numbers of answers, by operation and status. */
  readonly answers: Map<string, number>;
}

/** The models of all sessions; the one of "" is that of requests without a session. */
export type Models = ReadonlyMap<string, GatewayModel>;

const sessionName = (i: number): string => (i === 0 ? "" : `session-${i}`);

export function makeModels(now: number): Models {
  return new Map(
    Array.from({ length: SESSIONS }, (_, i) => [sessionName(i), new GatewayModel(now)] as const),
  );
}

type Command = fc.AsyncCommand<Models, RealGateway>;

/** A request in one session. */
class RequestCommand implements Command {
  readonly #name: string;
  readonly #operation: Operation;
  readonly #session: string;
  readonly #numbers: readonly number[];
  #shown = "";

  constructor(name: string, operation: Operation, session: number, numbers: readonly number[]) {
    this.#name = name;
    this.#operation = operation;
    this.#session = sessionName(session);
    this.#numbers = numbers;
  }

  check(): boolean {
    return true;
  }

  async run(models: Models, real: RealGateway): Promise<void> {
    const model = models.get(this.#session);
    if (model === undefined) return;
    const { check, ...request } = this.#operation(model, this.#numbers);
    const answer = await real.client.send(this.#session, request);
    const { key, method, path, body, form } = request;
    this.#shown = `${method} ${path} ${JSON.stringify(body ?? form ?? "")} as ${key.slice(-12)} -> ${answer.status}`;
    const kind = `${this.#name} ${answer.status}`;
    real.answers.set(kind, (real.answers.get(kind) ?? 0) + 1);
    if (isFull(answer)) {
      ok(method === "POST" || method === "PATCH");
      real.full++;
      return;
    }
    check(answer);
  }

  toString(): string {
    return `\n${this.#session}: ${this.#name} ${this.#shown}`;
  }
}

function isFull({ status, body }: Answer): boolean {
  return status === 507 && JSON.stringify(body).includes("the state of this mock is full");
}

/** Time that passes for all sessions. */
class WaitCommand implements Command {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  check(): boolean {
    return true;
  }

  // oxlint-disable-next-line typescript/require-await -- fast-check's interface asks for a promise
  async run(models: Models, real: RealGateway): Promise<void> {
    real.clock.now += this.#ms;
    for (const model of models.values()) model.now = real.clock.now;
  }

  toString(): string {
    return `\nwait ${this.#ms}`;
  }
}

export const OPERATIONS: readonly (readonly [string, Operation])[] = Object.entries({
  ...ACCOUNTS,
  ...ORGANIZATIONS,
  ...KEYS,
  ...MODELS,
  ...COLLECTIONS,
  ...DOCUMENTS,
  ...USES,
});

/** Operations that are asked for more often than others. */
const OFTEN: Readonly<Record<string, number>> = {
  createRole: 2,
  createUser: 3,
  createToken: 3,
  createCollection: 2,
  createDocument: 3,
  createChunks: 2,
  chat: 8,
  search: 3,
};

/** Some sessions have most of the requests, so that their state grows. */
const session = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 2) },
  { weight: 1, arbitrary: fc.nat(SESSIONS - 1) },
);
const numbers = fc.array(fc.nat(999), { minLength: 6, maxLength: 6 });

/** Arbitraries of all commands. */
export function allCommands(): fc.Arbitrary<Command>[] {
  const requests = OPERATIONS.flatMap(([name, operation]) => {
    const command = fc
      .tuple(session, numbers)
      .map(([index, list]): Command => new RequestCommand(name, operation, index, list));
    return Array.from({ length: OFTEN[name] ?? 1 }, () => command);
  });
  const wait = fc.constantFrom(1, 400, 7000, 61_000, 90_000_000).map((ms): Command => new WaitCommand(ms));
  return [...requests, wait];
}

/** Asks for all lists of all sessions, whatever the commands have asked for. */
export async function audit(models: Models, real: RealGateway): Promise<void> {
  for (const [name, model] of models) {
    for (const [list, operation] of OPERATIONS) {
      if (!list.startsWith("list") && list !== "ownInfo") continue;
      const { check, ...request } = operation(model, [0, 1, 2, 1, 0, 0]);
      check(await real.client.send(name, { ...request }));
    }
    await expectNoOrphans(name, real);
  }
}

type Rows = readonly Readonly<Record<string, number>>[];

/** Compares the tables that the control API shows: what a row names is there. */
async function expectNoOrphans(name: string, { client }: RealGateway): Promise<void> {
  const path = `/__gatetape/state?session=${name}`;
  const { body } = await client.send("", { key: "", method: "GET", path });
  const { state, bytes } = body as {
    readonly state: Readonly<Record<string, Rows>>;
    readonly bytes: { readonly used: number; readonly max: number };
  };
  ok(bytes.used >= 0, `${bytes.used} bytes used`);
  const ids = (table: string): Set<number> => new Set(state[table]?.map((row) => Number(row["id"])));
  const named: readonly (readonly [table: string, member: string, home: string])[] = [
    ["users", "role", "roles"],
    ["users", "organization", "organizations"],
    ["tokens", "user", "users"],
    ["providers", "router_id", "routers"],
    ["collections", "user", "users"],
    ["documents", "collection_id", "collections"],
    ["chunks", "document_id", "documents"],
  ];
  const orphans = named.flatMap(([table, member, home]) =>
    (state[table] ?? [])
      .filter((row) => row[member] !== null && !ids(home).has(row[member] ?? -1))
      .map((row) => `${table} ${row["id"]}: no ${home} ${row[member]}`),
  );
  deepStrictEqual(orphans, [], `session "${name}"`);
}
