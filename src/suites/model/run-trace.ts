import type { Trace } from "../../exchange/index.ts";
import type { Capability, ClientRun } from "./driver.ts";
import type { Outcome } from "./outcome.ts";

/** Everything seen while one scenario was played. Times are in ms since the first call. */
export interface RunTrace {
  readonly calls: readonly CallTrace[];
  /** Sorted by the arrival of their requests. */
  readonly exchanges: readonly ExchangeTrace[];
  readonly capabilities: readonly Capability[];
  /** Observable sides of the run: a wrapped command (`gate`) shows no outcome. */
  readonly sees: readonly Needs[];
  /** Lateness of the machine during the calls; absent if nobody watched it. */
  readonly lateness?: Lateness;
}

/** Delays that the machine, not the client, brought into a run. */
export interface Lateness {
  /** The longest single delay (ms): of the runner's event loop or of a control process's exchange. */
  readonly longest: number;
  /** The sum (ms) of the control process's delays. */
  readonly total: number;
  /** Share of one processor that the client's own processes used; absent if the system does not say. */
  readonly ownCpu?: number;
  /** Time (ms) that a thread of the client was ready to run while other programs ran; absent if the system does not say. */
  readonly queued?: number;
}

/** Side of a run that a check reads. */
export type Needs = "wire" | "outcome" | "exit";

export interface CallTrace {
  readonly run: ClientRun;
  readonly startedAt: number;
  /** Absent if the call never ended. */
  readonly endedAt?: number;
  /** Absent if the scenario stopped watching before the client had ended. */
  readonly outcome?: Outcome;
}

/** The trace of one exchange, seen from the run that it belongs to. */
export interface ExchangeTrace extends Trace {
  /** Time at which the request's head had been read. */
  readonly at: number;
  /** The request has the method and path of the called operation. */
  readonly expected: boolean;
  readonly endedAt: number;
  /** Party that ended the exchange. `runner`: the runner, or the command that it ran, came to its end first. */
  readonly endedBy: "server" | "client" | "runner";
}

/** Exchanges of the called operation, without other requests of the client. */
export function expectedExchanges(trace: RunTrace): readonly ExchangeTrace[] {
  return trace.exchanges.filter((exchange) => exchange.expected);
}

/** Outcome of the last call, if any. */
export function lastOutcome(trace: RunTrace): Outcome | undefined {
  return trace.calls.at(-1)?.outcome;
}
