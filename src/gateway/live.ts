import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnsweredBy } from "../exchange/index.ts";
import { type Delivery, type LiveReader, LiveSink, type Script } from "../wire/index.ts";
import type { Answer, Exchange, RequestHead } from "./exchange.ts";
import type { UpstreamTap } from "./upstream-tap.ts";

/** An answer that comes over time, from a live server. */
export interface LiveAnswer {
  readonly by: AnsweredBy;
  readonly live: (call: LiveCall) => void;
}

/** The body of a request: read already, in the pieces in which it came, or still to come. */
export type RequestBody =
  | { readonly pieces: readonly Uint8Array[]; readonly trailers: readonly string[] }
  | { readonly incoming: IncomingMessage };

/** A request for a live answer, and where the answer goes. */
export interface LiveCall {
  readonly head: RequestHead;
  readonly http: "1.0" | "1.1";
  readonly body: RequestBody;
  /** The recorder tap of the exchange: sees the answer before the client does. */
  readonly tap: UpstreamTap;
  /** Opens the way back to the client. Called once. */
  open(reader: LiveReader): LiveSink;
  /** Says what was answered, when all of it is known; before the sink is told to end. */
  answered(script: Script): void;
}

/** A source whose answers may also come over time. */
export interface LiveSource {
  answer(exchange: Exchange): Answer | LiveAnswer | undefined;
  answerEarly?(head: RequestHead): Answer | LiveAnswer | undefined;
}

/** The client's side of a live exchange. */
export interface LiveClient {
  readonly head: RequestHead;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The body where it has been read already. */
  readonly pieces: readonly Uint8Array[] | undefined;
}

/**
 * Lets a live answer have the exchange.
 *
 * @param done called once, with what was sent, when the exchange is over
 */
export function runLive(
  answer: LiveAnswer,
  { head, incoming, response, pieces }: LiveClient,
  tap: UpstreamTap,
  done: (answer: Answer, delivery: Delivery) => void,
): void {
  let script = NOTHING_SENT;
  answer.live({
    head,
    http: incoming.httpVersion === "1.0" ? "1.0" : "1.1",
    body: pieces === undefined ? { incoming } : { pieces, trailers: incoming.rawTrailers },
    tap,
    open: (reader) => new LiveSink(response, reader, (delivery) => done({ by: answer.by, script }, delivery)),
    answered: (whole) => {
      script = whole;
    },
  });
}

const NOTHING_SENT: Script = { wait: 0, head: null, ops: [] };
