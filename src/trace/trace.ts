import type { AnsweredBy } from "../exchange/index.ts";
import type { Finding } from "../spec/index.ts";
import type { Delivery, Header, Script } from "../wire/index.ts";

/** What became of a fault that an answer was to get. */
export interface FaultNote {
  /** As it is written: `reset@3`. */
  readonly fault: string;
  /** False if there was nothing for it to do (no such event, no such header), or it was not allowed. */
  readonly applied: boolean;
  readonly why?: string;
}

/** What happened in one exchange. */
export interface Trace {
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
  /** What of the request did not keep to the OpenAPI. */
  readonly findings: readonly Finding[];
  readonly answer: {
    readonly by: AnsweredBy;
    /** With its faults. */
    readonly script: Script;
    readonly faults?: readonly FaultNote[];
  };
  readonly delivery: Delivery;
  /** Milliseconds from the request's head to the end of the exchange. */
  readonly ms: number;
}
