import type { UpstreamEnd } from "../../exchange/index.ts";
import {
  type Head,
  type Header,
  type Op,
  type RawMessage,
  type Script,
  statusLine,
  writeHead,
} from "../../http/index.ts";
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

type Read = { readonly at: number; readonly bytes: Uint8Array };

/**
 * The reads of an answer with its head as the client got it and without any `100 Continue`, which belongs to the sending
 * of the request.
 */
export function readsOf(message: RawMessage, reads: readonly Read[], headEnd: number): Read[] {
  const interim = message.informational.filter(({ status }) => status !== 100);
  const heads = interim.map(({ status, reason = "", headers }) =>
    writeHead(statusLine("1.1", status, reason), headers),
  );
  const head = Buffer.concat([...heads, writeHead(message.startLine, message.headers)]);
  const result: Read[] = [{ at: message.headAt, bytes: head }];
  let seen = 0;
  for (const { at, bytes } of reads) {
    const from = Math.max(0, headEnd - seen);
    seen += bytes.length;
    if (from < bytes.length) result.push({ at, bytes: bytes.subarray(from) });
  }
  return result;
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
