import type { Caller, GatewaySettings, UsageRow } from "./entities/index.ts";
import { type Database, type Meter, copyDatabase, releaseDatabase } from "./tables/index.ts";
import { FixedWindows } from "./windows.ts";

/** The user of a request, by the key that it carries. */
export interface Principal extends Caller {
  /** True for a key that was deleted. */
  readonly gone: boolean;
}

/** Uses of models that a session remembers. */
const MAX_USES = 1000;

/** The state of one session: its database, what it has used up, and its own settings of the gateway. */
export class Session {
  readonly db: Database;
  readonly #now: () => number;
  readonly #usage: UsageRow[] = [];
  #windows: FixedWindows;
  changes: Partial<GatewaySettings> = {};
  /** The principal of the last request. */
  lastKey:
    | { readonly key: string; readonly version: number; readonly principal: Principal | undefined }
    | undefined;

  /** @param seed the database with which it begins */
  constructor(seed: Database, meter: Meter, now: () => number) {
    this.db = copyDatabase(seed, meter);
    this.#now = now;
    this.#windows = new FixedWindows(now);
  }

  get windows(): FixedWindows {
    return this.#windows;
  }

  /** Uses of models, the oldest first. */
  get usage(): readonly UsageRow[] {
    return this.#usage;
  }

  recordUse(row: UsageRow): void {
    this.#usage.push(row);
    if (this.#usage.length > 2 * MAX_USES) this.#usage.splice(0, MAX_USES);
  }

  /** Forgets the uses of models. */
  forgetUses(): void {
    this.#usage.length = 0;
  }

  /** Forgets the windows of limits, as OGL does when it starts. */
  restart(): void {
    this.#windows = new FixedWindows(this.#now);
  }

  /** Returns the memory of a session that is given up. */
  release(): void {
    releaseDatabase(this.db);
  }
}
