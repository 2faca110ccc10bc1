import type { AnsweredBy, FaultNote, Trace } from "../exchange/index.ts";
import type { Head, Header, Script } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import {
  ANSWER_BYTES,
  ANSWER_KEPT,
  DELIVERED_BYTES,
  DELIVERED_WRITES,
  ENDED,
  ENDS,
  FRAMINGS,
  HAS_HEAD,
  HEAD,
  IS_EARLY,
  IS_HTTP_10,
  MS,
  NO_BODY,
  REQUEST_BYTES,
  REQUEST_KEPT,
  STARTED_AT,
  STATUS,
  TEXTS,
  WAIT,
  WRITES_AT,
  type EntryReference,
} from "./entry-layout.ts";
import { type BodySizes, sizeOfOps } from "./line-of.ts";
import { headersOfBlock, readBlock, readFirstText } from "./text-block.ts";

/** An exchange read from its entry, with as much of the bodies as was kept. */
export interface EntryTrace {
  readonly trace: Trace;
  /** Sizes of the whole bodies. */
  readonly bytes: BodySizes;
}

/** Reads an entry. Nothing of the result is a view of the buffer. */
export function readEntry(
  buffer: Buffer,
  view: DataView,
  offset: number,
  reference: EntryReference | undefined,
): EntryTrace {
  const first = readBlock(buffer, view, offset + TEXTS);
  const [session = "", method = "", target = "", operation, by, findings, faults, reason, rest] = first.texts;
  const requestHeaders = readBlock(buffer, view, first.end);
  const answerHeaders = readBlock(buffer, view, requestHeaders.end);
  const writes = view.getUint32(offset + WRITES_AT);
  const bodyAt = answerHeaders.end + 8 * writes;
  const kept = view.getUint32(offset + REQUEST_KEPT);
  const answerAt = bodyAt + (kept === NO_BODY ? 0 : kept);
  const script =
    reference?.script ??
    readScript(view, offset, {
      reason,
      rest,
      headers: headersOfBlock(answerHeaders.texts),
      body: Buffer.from(buffer.subarray(answerAt, answerAt + view.getUint32(offset + ANSWER_KEPT))),
    });
  const trace: Trace = {
    startedAt: view.getFloat64(offset + STARTED_AT),
    request: {
      method,
      target,
      headers: headersOfBlock(requestHeaders.texts),
      ...(kept === NO_BODY ? {} : { body: Buffer.from(buffer.subarray(bodyAt, answerAt)) }),
    },
    session,
    ...(operation === undefined ? {} : { operation }),
    findings: findings === undefined ? [] : (JSON.parse(findings) as Finding[]),
    answer: {
      script,
      by: reference?.by ?? (JSON.parse(by ?? "null") as AnsweredBy),
      ...(faults === undefined ? {} : { faults: JSON.parse(faults) as FaultNote[] }),
    },
    delivery: {
      ended: ENDS[view.getUint8(offset + ENDED)] ?? "aborted",
      writes: view.getFloat64(offset + DELIVERED_WRITES),
      bytes: view.getFloat64(offset + DELIVERED_BYTES),
      at: Array.from({ length: writes }, (_, i) => view.getFloat64(answerHeaders.end + 8 * i)),
    },
    ms: view.getFloat64(offset + MS),
  };
  const answer =
    reference?.script === undefined ? view.getFloat64(offset + ANSWER_BYTES) : sizeOfOps(script.ops);
  return { trace, bytes: { request: view.getFloat64(offset + REQUEST_BYTES), answer } };
}

/** Reads the session of an entry alone. */
export function sessionOfEntry(buffer: Buffer, view: DataView, offset: number): string {
  return readFirstText(buffer, view, offset + TEXTS) ?? "";
}

interface ScriptParts {
  readonly reason: string | undefined;
  readonly rest: string | undefined;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** A script whose writes are one. */
function readScript(view: DataView, offset: number, { reason, rest, headers, body }: ScriptParts): Script {
  const bits = view.getUint8(offset + HEAD);
  const head: Head = {
    http: (bits & IS_HTTP_10) === 0 ? "1.1" : "1.0",
    status: view.getUint16(offset + STATUS),
    reason: reason ?? "",
    headers,
    framing: FRAMINGS[bits & 3] ?? "none",
    ...(rest === undefined ? {} : (JSON.parse(rest) as Pick<Head, "informational" | "trailers">)),
  };
  return {
    wait: view.getFloat64(offset + WAIT),
    head: (bits & HAS_HEAD) === 0 ? null : head,
    ops: body.length === 0 ? [] : [{ op: "write", bytes: body }],
    ...((bits & IS_EARLY) === 0 ? {} : { early: true }),
  };
}
