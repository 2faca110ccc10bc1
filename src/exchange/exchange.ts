import type { Delivery, Header } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import type { Answer } from "./answer.ts";

/** The one record of a request and its answer. */
export interface Exchange {
  /** When the request's head had been read, in ms since the epoch. */
  readonly startedAt: number;
  readonly request: {
    readonly method: string;
    /** Without a session prefix. */
    readonly target: string;
    readonly headers: readonly Header[];
    /** Absent if the answer came before the body was read. */
    readonly body?: Uint8Array;
  };
  /** `""` where the request named none. */
  readonly session: string;
  /** The operation's short name; absent where the OpenAPI has none. */
  readonly operation?: string;
  /** Deviations of the request from the OpenAPI. */
  readonly findings: readonly Finding[];
  /** The answer with its faults. */
  readonly answer: Omit<Answer, "delivered">;
}

/** An exchange that is over, with what was delivered of the answer and when. */
export interface Trace extends Exchange {
  readonly delivery: Delivery;
  /** Milliseconds from the request's head to the end of the exchange. */
  readonly ms: number;
}
