import type { Trace } from "../../exchange/index.ts";
import type { Capability, ClientRun } from "./driver.ts";
import type { Outcome } from "./outcome.ts";

/** All that was seen while one scenario was played. Times are in ms since the first call. */
export interface RunTrace {
  readonly calls: readonly CallTrace[];
  /** In the order in which the requests came. */
  readonly exchanges: readonly ExchangeTrace[];
  readonly capabilities: readonly Capability[];
  /** What of the run could be seen: a wrapped command (`gate`) shows no outcome. */
  readonly sees: readonly Needs[];
}

/** What a check needs to see. */
export type Needs = "wire" | "outcome" | "exit";

export interface CallTrace {
  readonly run: ClientRun;
  readonly startedAt: number;
  /** Absent where it never did. */
  readonly endedAt?: number;
  /** Absent where the scenario stopped watching before the client had ended. */
  readonly outcome?: Outcome;
}

/** The trace of one exchange, seen from the run that it belongs to. */
export interface ExchangeTrace extends Trace {
  /** When the request's head had been read. */
  readonly at: number;
  /** True if it is the request of the operation that was called: that method on that path. */
  readonly expected: boolean;
  readonly endedAt: number;
  /** Who ended it: the script, the client, or the runner when it, or the command that it ran, was at its end. */
  readonly endedBy: "server" | "client" | "runner";
}

/** The requests of the operation that was called, without any others that a client made. */
export function expectedExchanges(trace: RunTrace): readonly ExchangeTrace[] {
  return trace.exchanges.filter((exchange) => exchange.expected);
}

/** The outcome of the last call, if there is one. */
export function lastOutcome(trace: RunTrace): Outcome | undefined {
  return trace.calls.at(-1)?.outcome;
}
