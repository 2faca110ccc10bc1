import type { Facts } from "./facts.ts";
import type { ServerExchange } from "./server-exchange.ts";

/** Consent of the operator that a probe needs. */
export type Consent = "load" | "writes" | "fault-models";

/** Key of a request: the given one, none, one that no server knows, or one that the run has made. */
export type Credential = "given" | "none" | "wrong" | { readonly key: string };

/** Request, before it is bytes. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Value of a JSON body. */
  readonly json?: unknown;
  /** Body that is sent as it stands; `json` is absent then. */
  readonly text?: string;
  /** Sends the body in two HTTP chunks. */
  readonly chunked?: boolean;
  /** @default "given" */
  readonly credential?: Credential;
  /** Scheme of `Authorization`. @default "Bearer" */
  readonly scheme?: string;
  /** Part that the request plays in its probe. */
  readonly part?: string;
  /** Leaves after that many events. */
  readonly leaveAfter?: number;
}

/** Reason why a probe can't be played here. */
export interface Unfit {
  readonly unfit: string;
}

/** Sends requests for a probe that has to decide by the answers. */
export interface Asker {
  /** Sends one request on a connection of its own. @throws BudgetSpent */
  ask(draft: Draft): Promise<ServerExchange>;
  /** Makes a key that the run owns known, so that no report shows it. */
  learn(key: string): void;
  /** Journal of what the run creates. */
  readonly created: Created;
  /** Time in ms since the epoch. */
  now(): number;
  /** Resolves after that many ms. */
  pause(ms: number): Promise<void>;
}

/** Journal of what a run creates: written before the request, and after the deletion. */
export interface Created {
  /** Notes the name before its creation. */
  planned(kind: CreatedKind, name: string): void;
  /** Notes the deletion, or that nothing of the name was created. */
  removed(kind: CreatedKind, name: string): void;
}

/** Kind of a thing that a run creates. */
export type CreatedKind = "key" | "collection";

/** Requests that belong together, and how they are sent. Several checks judge one probe. */
export interface Probe {
  readonly id: string;
  /** Purpose of the requests, for `--list`. */
  readonly about: string;
  readonly consent?: Consent;
  /** `apart`: each on its own connection. `in-turn`: all on one connection. `together`: at once. @default "apart" */
  readonly how?: "apart" | "in-turn" | "together";
  /** Requests of the probe; for one with `play`, those that it sends at least. */
  readonly requests: (facts: Facts) => readonly Draft[] | Unfit;
  /** Sends the requests of a probe that has to decide by the answers. */
  readonly play?: (asker: Asker, facts: Facts) => Promise<readonly ServerExchange[]>;
}
