import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, LiveAnswer, RequestHead, UpstreamTap } from "../exchange/index.ts";
import { type Delivery, LiveSink, type Script } from "../http/index.ts";

/** The client's side of a live exchange. */
export interface LiveClient {
  readonly head: RequestHead;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The body where it has been read already. */
  readonly reads: readonly Uint8Array[] | undefined;
}

/**
 * Lets a live answer have the exchange.
 *
 * @param done called once, with what was sent, when the exchange is over
 */
export function runLive(
  answer: LiveAnswer,
  { head, incoming, response, reads }: LiveClient,
  tap: UpstreamTap,
  done: (answer: Answer, delivery: Delivery) => void,
): void {
  let script = NOTHING_SENT;
  answer.live({
    head,
    http: incoming.httpVersion === "1.0" ? "1.0" : "1.1",
    body: reads === undefined ? { incoming } : { reads, trailers: incoming.rawTrailers },
    tap,
    open: (reader) => new LiveSink(response, reader, (delivery) => done({ by: answer.by, script }, delivery)),
    answered: (whole) => {
      script = whole;
    },
  });
}

const NOTHING_SENT: Script = { wait: 0, head: null, ops: [] };
