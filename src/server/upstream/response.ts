import type { UpstreamAnswer, UpstreamEnd } from "../../exchange/index.ts";
import {
  type EventWatch,
  type MessageParser,
  type Head,
  type Header,
  type Op,
  type RawMessage,
  type Script,
  statusLine,
  writeHead,
} from "../../http/index.ts";
import { defined } from "../../util/index.ts";
import { type UpstreamTarget, locationFor } from "./target.ts";

/** The head of an answer as the client gets it: the upstream's, but for a `Location` that leads to it. */
export function headFor(message: RawMessage, upstream: UpstreamTarget, own: string | undefined): Head {
  return {
    http: message.http,
    status: message.status,
    reason: message.reason,
    framing: message.framing,
    headers: message.headers.map(([name, value]): Header => [
      name,
      name.toLowerCase() === "location" && own !== undefined ? locationFor(upstream, own, value) : value,
    ]),
  };
}

/** An answer as a recorder needs it beside its reads. */
export function answerOf(
  message: RawMessage,
  parser: MessageParser,
  events: EventWatch | undefined,
): UpstreamAnswer {
  const { headEnd, completion } = parser;
  return {
    head: headsOf(message),
    headAt: message.headAt,
    headEnd,
    completion,
    endsWithConnection: message.framing === "eof",
    ...defined({ events: events === undefined ? undefined : eventsSeen(events) }),
  };
}

function eventsSeen(events: EventWatch): "done" | "breaks" | "plain" {
  if (events.done) return "done";
  return events.breaks() ? "breaks" : "plain";
}

/** The interim heads and the head, but for any `100 Continue`, which belongs to the sending of the request. */
function headsOf({ informational, startLine, headers }: RawMessage): Uint8Array {
  const interim = informational.filter(({ status }) => status !== 100);
  return Buffer.concat([
    ...interim.map((info) => writeHead(statusLine("1.1", info.status, info.reason ?? ""), info.headers)),
    writeHead(startLine, headers),
  ]);
}

/** The answer as a script. */
export function scriptOfMessage(message: RawMessage | undefined, end: UpstreamEnd): Script {
  if (message === undefined) return { wait: 0, head: null, ops: end === "aborted" ? [] : [{ op: end }] };
  const ops: Op[] = [];
  let before = message.headAt;
  for (const { at, bytes } of message.reads) {
    if (at > before) ops.push({ op: "wait", ms: at - before });
    ops.push({ op: "write", bytes });
    before = at;
  }
  if (end !== "aborted") ops.push({ op: end });
  return {
    wait: message.headAt,
    head: {
      http: message.http,
      status: message.status,
      reason: message.reason,
      headers: message.headers,
      framing: message.framing,
    },
    ops,
  };
}
