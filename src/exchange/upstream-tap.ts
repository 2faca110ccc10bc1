import type { RawMessage } from "../http/index.ts";
import type { RequestHead } from "./request.ts";

/** End of an exchange with the upstream; `aborted`: the client went away before the upstream was done. */
export type UpstreamEnd = "complete" | "close" | "reset" | "truncate" | "aborted";

/** Bytes of one exchange with the upstream, as the client saw them. */
export interface UpstreamExchange {
  /** Counted in the order in which requests came. */
  readonly id: number;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly head: RequestHead;
  readonly http: "1.0" | "1.1";
  /** The body of the request with its framing. */
  readonly requestBody: readonly Uint8Array[];
  /** False if the answer was over before the request was. */
  readonly requestComplete: boolean;
  /** The response as it came, read by read; times are in ms since the request had been sent. No `100 Continue`. */
  readonly reads: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** The response taken apart; without a head if none came. */
  readonly response: RawMessage | undefined;
  readonly end: UpstreamEnd;
  /** When that end came, on the clock of the reads. */
  readonly endAt: number;
  /** True if the connection had been used before: such a one may go stale, and then says nothing of the server. */
  readonly reused: boolean;
  /** Set if there was no way to the upstream, or what came from it is no HTTP/1. */
  readonly trouble?: Error;
}

/** Sees all exchanges with the upstream, before faults and before the client sees their end. */
export interface UpstreamTap {
  opened?(id: number, head: RequestHead): void;
  /** Bytes came from the upstream. */
  received?(bytes: number): void;
  /**
   * An exchange is over. The client sees the end of a complete answer when the promise is settled: what a client knows
   * to be whole is safe by then.
   */
  finished?(exchange: UpstreamExchange): Promise<void> | undefined;
  /** The server closed the connection soon after a complete answer, without a word in it. */
  closedAfter?(id: number): void;
}
