import type { IncomingMessage } from "node:http";
import type { Delivery, LiveReader, LiveSink, Script } from "../http/index.ts";
import type { AnsweredBy } from "./answered-by.ts";
import type { ExchangeRequest, RequestHead } from "./request.ts";
import type { UpstreamTap } from "./upstream-tap.ts";

/** Outcome of a fault that was to be applied to an answer. */
export interface FaultNote {
  /** The fault as it is written: `reset@3`. */
  readonly fault: string;
  /** False if there was nothing for it to do (no such event, no such header), or it was not allowed. */
  readonly applied: boolean;
  readonly why?: string;
}

/** The answer of a source to a request. */
export interface Answer {
  readonly script: Script;
  readonly by: AnsweredBy;
  /** The faults that the script was given, in their order. */
  readonly faults?: readonly FaultNote[];
  /** Called when the answer has been delivered, or as much of it as could be. */
  readonly delivered?: (delivery: Delivery) => void;
}

/** An answer that a worker thread is still making. */
export interface LaterAnswer {
  readonly later: Promise<Answer>;
}

/** An answer that comes over time, from a live server. */
export interface LiveAnswer {
  readonly by: AnsweredBy;
  readonly live: (call: LiveCall) => void;
}

/** The body of a request: read already, as its reads, or still to come. */
export type RequestBody =
  | { readonly reads: readonly Uint8Array[]; readonly trailers: readonly string[] }
  | { readonly incoming: IncomingMessage };

/** A request for a live answer, and the way for that answer to go. */
export interface LiveCall {
  readonly head: RequestHead;
  readonly http: "1.0" | "1.1";
  readonly body: RequestBody;
  /** The recorder tap of the exchange: sees the answer before the client does. */
  readonly tap: UpstreamTap;
  /** Opens the way back to the client. Called once. */
  open(reader: LiveReader): LiveSink;
  /** Reports the whole answer, before the sink ends it. */
  answered(script: Script): void;
}

/** Answers a request with a script, or leaves it to the next source. */
export interface Source {
  answer(request: ExchangeRequest): Answer | LaterAnswer | undefined;
  /** Answers on the head alone, before the body is read. */
  answerEarly?(head: RequestHead): Answer | undefined;
}

/** A source whose answers may also come over time. */
export interface LiveSource {
  answer(request: ExchangeRequest): Answer | LaterAnswer | LiveAnswer | undefined;
  answerEarly?(head: RequestHead): Answer | LiveAnswer | undefined;
}
