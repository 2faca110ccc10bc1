import { RecentMap } from "../../util/index.ts";
import type { World, WorldKey, WorldModel } from "./types.ts";
import { FixedWindows } from "./windows.ts";

/** What has been used up of a world, for one session. */
export interface UsageCounters {
  readonly windows: FixedWindows;
  /** Money left by user. */
  readonly budgets: Map<number, number>;
}

/** A key with what its world leaves unsaid. */
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
  /** Takes any key for one of a user without limits. */
  readonly anyKey?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Names {
  readonly world: World;
  readonly principals: ReadonlyMap<string, Principal>;
  readonly routers: readonly Router[];
  readonly byName: ReadonlyMap<string, Router>;
}

/** A world looked up by name, and its ledgers: each session has its own, as it has its own place in sequences. */
export class WorldState {
  readonly #worldOf: () => World;
  readonly #anyKey: boolean;
  readonly #now: () => number;
  readonly #usages = new RecentMap<string, UsageCounters>();
  #names: Names | undefined;

  /** @param worldOf called when first needed: a world that is made of the cassettes costs time at the start */
  constructor(worldOf: () => World, { anyKey = false, now = Date.now }: WorldStateOptions = {}) {
    this.#worldOf = worldOf;
    this.#anyKey = anyKey;
    this.#now = now;
  }

  get world(): World {
    return this.#looked.world;
  }

  get routers(): readonly Router[] {
    return this.#looked.routers;
  }

  get now(): number {
    return this.#now();
  }

  get #looked(): Names {
    this.#names ??= knownNames(this.#worldOf());
    return this.#names;
  }

  /** Makes the world anew when it is next needed; what has been used up stays used. */
  refresh(): void {
    this.#names = undefined;
  }

  principalOf(key: string): Principal | undefined {
    return this.#anyKey ? ANYONE : this.#looked.principals.get(key);
  }

  /** A model by its id or an alias. */
  routerOf(name: string): Router | undefined {
    return this.#looked.byName.get(name);
  }

  /** The id of a key: its place in the world. */
  keyId({ key }: Principal): number {
    return this.world.keys.indexOf(key) + 1;
  }

  usage(session: string): UsageCounters {
    return this.#usages.getOrMake(session, () => ({
      windows: new FixedWindows(this.#now),
      budgets: new Map(),
    }));
  }

  /** Fresh windows and budgets for a session. */
  reset(session: string): void {
    this.#usages.delete(session);
  }

  /** What is left of a user's budget; `null` where there is none. */
  budgetOf({ key, user }: Principal, session: string): number | null {
    if (key.budget === undefined || key.budget === null) return null;
    return this.usage(session).budgets.get(user) ?? key.budget;
  }

  /** Takes from a budget what an answer cost, as far as it goes (observed on 0.4.1: budget-budgetlow-2). */
  charge(principal: Principal, session: string, cost: number): void {
    const left = this.budgetOf(principal, session);
    if (left === null || left === 0 || cost === 0) return;
    this.usage(session).budgets.set(principal.user, toMicro(left - Math.min(cost, left)));
  }
}

const ANYONE: Principal = { key: { key: "" }, user: 1, admin: false };

function knownNames(world: World): Names {
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

/** Money as OGL keeps it: six decimals. */
export function toMicro(amount: number): number {
  return Number(amount.toFixed(6));
}

export function costOf({ costs }: WorldModel, promptTokens: number, completionTokens: number): number {
  const { prompt_tokens: prompt = 0, completion_tokens: completion = 0 } = costs ?? {};
  return toMicro((promptTokens / 1e6) * prompt + (completionTokens / 1e6) * completion);
}
