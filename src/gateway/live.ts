import type { IncomingMessage, ServerResponse } from "node:http";
import { type Delivery, LiveSink, type Script } from "../wire/index.ts";
import type { Answer, LiveAnswer, RequestHead } from "../exchange/index.ts";

/** Lets a live answer have the exchange; gives what was sent when it is over. */
export function runLive(
  answer: LiveAnswer,
  head: RequestHead,
  incoming: IncomingMessage,
  response: ServerResponse,
  pieces: readonly Uint8Array[] | undefined,
  done: (answer: Answer, delivery: Delivery) => void,
): void {
  let script = NOTHING_SENT;
  answer.live({
    head,
    http: incoming.httpVersion === "1.0" ? "1.0" : "1.1",
    body: pieces === undefined ? { incoming } : { pieces, trailers: incoming.rawTrailers },
    open: (reader) => new LiveSink(response, reader, (delivery) => done({ by: answer.by, script }, delivery)),
    answered: (whole) => {
      script = whole;
    },
  });
}

const NOTHING_SENT: Script = { wait: 0, head: null, ops: [] };
