import type { RequestHead } from "./request.ts";

/** End of an exchange with the upstream; `aborted`: the client went away before the upstream was done. */
export type UpstreamEnd = "complete" | "close" | "reset" | "truncate" | "aborted";

/** Exchange with the upstream, without its bytes. */
export interface UpstreamExchange {
  /** Counted in the order in which requests came. */
  readonly id: number;
  readonly head: RequestHead;
  /** False if the answer was over before the request was. */
  readonly requestComplete: boolean;
  /** Absent if no head came. */
  readonly answer: UpstreamAnswer | undefined;
  readonly end: UpstreamEnd;
  /** When that end came, on the clock of the reads. */
  readonly endAt: number;
  /** True if the connection had been used before: such a one may go stale, and then says nothing of the server. */
  readonly reused: boolean;
  /** Set if there was no way to the upstream, or what came from it is no HTTP/1. */
  readonly trouble?: Error;
}

/** An answer of the upstream, without its body. */
export interface UpstreamAnswer {
  /** The head as the client got it, after interim heads; no `100 Continue`. */
  readonly head: Uint8Array;
  /** When the head was whole, on the clock of the reads. */
  readonly headAt: number;
  /** Size of the upstream's own heads, with which the reads begin. */
  readonly headEnd: number;
  /** Bytes that would complete the message by its framing; `undefined` if data is missing. */
  readonly completion: string | undefined;
  /** True if its body ends with the connection. */
  readonly endsWithConnection: boolean;
  /**
   * For a stream of events: `done` if its last event, `[DONE]`, came; `breaks` if an event came at which clients break;
   * else `plain`.
   */
  readonly events?: "done" | "breaks" | "plain";
}

/** Sees all exchanges with the upstream, before faults and before the client sees their end. */
export interface UpstreamTap {
  /** A request goes up. @param bytes its head as the client sent it */
  opened?(id: number, bytes: Uint8Array): void;
  /** Bytes of the request's body were sent, with their framing. */
  sent?(id: number, bytes: Uint8Array): void;
  /** Bytes came from the upstream. @param at in ms since the request had been sent */
  received?(id: number, bytes: Uint8Array, at: number): void;
  /**
   * The client will know its answer to be whole by the bytes that came. It gets them when the promise is settled: they are
   * safe by then.
   */
  ending?(id: number): Promise<void> | undefined;
  /** An exchange is over. The client sees the end of the answer when the promise is settled. */
  finished?(exchange: UpstreamExchange): Promise<void> | undefined;
  /** The server closed the connection soon after a complete answer, without a word in it. */
  closedAfter?(id: number): void;
}
