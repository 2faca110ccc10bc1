import { RecentMap } from "../../util/index.ts";
import type { World, WorldKey, WorldModel } from "./types.ts";
import { FixedWindows } from "./windows.ts";

/** Counters of a session: how much of a world its requests have used up. */
export interface UsageCounters {
  readonly windows: FixedWindows;
  /** Money left by user. */
  readonly budgets: Map<number, number>;
}

/** A key of the world, its user and its rights. */
export interface Principal {
  readonly key: WorldKey;
  readonly user: number;
  readonly admin: boolean;
}

/** A model and the id of its router, by which `me` names it. */
export interface Router {
  readonly model: WorldModel;
  readonly id: number;
}

export interface WorldStateOptions {
  /** True to accept any key as that of a user without limits. */
  readonly anyKey?: boolean;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
}

interface Names {
  readonly world: World;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly routers: readonly Router[];
  readonly byName: ReadonlyMap<string, Router>;
}

/**
 * A world indexed by names, and its counters. Each session has counters of its own, as it has its own position in
 * sequences.
 */
export class WorldState {
  readonly #makeWorld: () => World;
  readonly #anyKey: boolean;
  readonly #now: () => number;
  readonly #usages = new RecentMap<string, UsageCounters>();
  #indexed: Names | undefined;

  /** @param makeWorld called when the world is first needed: a world made of the cassettes would cost time at the start */
  constructor(makeWorld: () => World, { anyKey = false, now = Date.now }: WorldStateOptions = {}) {
    this.#makeWorld = makeWorld;
    this.#anyKey = anyKey;
    this.#now = now;
  }

  /** The world, made if this is its first use. */
  get world(): World {
    return this.#index.world;
  }

  get routers(): readonly Router[] {
    return this.#index.routers;
  }

  get now(): number {
    return this.#now();
  }

  get #index(): Names {
    this.#indexed ??= indexNames(this.#makeWorld());
    return this.#indexed;
  }

  /** Makes the world anew when it is next needed. Counters stay. */
  refresh(): void {
    this.#indexed = undefined;
  }

  /** The principal of a key; `undefined` if the key does not exist. */
  principalOf(key: string): Principal | undefined {
    return this.#anyKey ? ANYONE : this.#index.principals.get(key);
  }

  /** A model by its id or an alias. */
  routerOf(name: string): Router | undefined {
    return this.#index.byName.get(name);
  }

  /** The id of a key: its position in the world, from 1. */
  keyId({ key }: Principal): number {
    return this.world.keys.indexOf(key) + 1;
  }

  /** The counters of a session. */
  usage(session: string): UsageCounters {
    return this.#usages.getOrMake(session, () => ({
      windows: new FixedWindows(this.#now),
      budgets: new Map(),
    }));
  }

  /** Gives a session fresh windows and budgets. */
  reset(session: string): void {
    this.#usages.delete(session);
  }

  /** Money left in a user's budget; `null` if the user has no budget. */
  budgetOf({ key, user }: Principal, session: string): number | null {
    if (key.budget === undefined || key.budget === null) return null;
    return this.usage(session).budgets.get(user) ?? key.budget;
  }

  /** Charges the cost of an answer to a budget, down to 0 (observed on 0.4.1: budget-budgetlow-2). */
  charge(principal: Principal, session: string, cost: number): void {
    const left = this.budgetOf(principal, session);
    if (left === null || left === 0 || cost === 0) return;
    this.usage(session).budgets.set(principal.user, toMicro(left - Math.min(cost, left)));
  }
}

const ANYONE: Principal = { key: { key: "" }, user: 1, admin: false };

function indexNames(world: World): Names {
  const routers = world.models.map((model, i) => ({ model, id: i + 1 }));
  const byName = new Map<string, Router>();
  for (const router of routers)
    for (const name of [router.model.id, ...(router.model.aliases ?? [])]) byName.set(name, router);
  const principals = world.keys.map((key, i): [string, Principal] => {
    const admin = key.master === true || (key.permissions ?? []).includes("admin");
    return [key.key, { key, user: key.master ? 0 : (key.user ?? i + 1), admin }];
  });
  return { world, principals: new Map(principals), routers, byName };
}

/** Rounds money as OGL does: to six decimals. */
export function toMicro(amount: number): number {
  return Number(amount.toFixed(6));
}

/** The cost of an answer by the model's prices for a million tokens. */
export function costOf({ costs }: WorldModel, promptTokens: number, completionTokens: number): number {
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = costs ?? {};
  return toMicro((promptTokens / 1e6) * prompt + (completionTokens / 1e6) * completion);
}
