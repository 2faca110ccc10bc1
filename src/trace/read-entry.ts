import type { AnsweredBy, FaultNote, Trace } from "../exchange/index.ts";
import type { Head, Header, Script } from "../http/index.ts";
import type { Finding } from "../openapi/index.ts";
import {
  ABSENT,
  ANSWER_BYTES,
  ANSWER_HEADERS,
  ANSWER_KEPT,
  DELIVERED_BYTES,
  DELIVERED_WRITES,
  ENDED,
  ENDS,
  FIXED_BYTES,
  FIXED_TEXTS,
  FRAMINGS,
  HAS_HEAD,
  HEAD,
  IS_EARLY,
  IS_HTTP_10,
  MS,
  REQUEST_BYTES,
  REQUEST_HEADERS,
  REQUEST_KEPT,
  STARTED_AT,
  STATUS,
  TEXT_BYTES,
  WAIT,
  WRITES_AT,
  type EntryReference,
} from "./entry-layout.ts";
import { type BodySizes, sizeOfOps } from "./line-of.ts";

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
  const requestHeaders = view.getUint32(offset + REQUEST_HEADERS);
  const answerHeaders = view.getUint32(offset + ANSWER_HEADERS);
  const texts = readTexts(buffer, view, offset, FIXED_TEXTS + 2 * (requestHeaders + answerHeaders));
  const [session = "", method = "", target = "", operation, by, findings, faults] = texts.list;
  const answerAt = FIXED_TEXTS + 2 * requestHeaders;
  const times = view.getUint32(offset + WRITES_AT);
  const bodyAt = texts.end + 8 * times;
  const requestKept = view.getUint32(offset + REQUEST_KEPT);
  const answerFrom = bodyAt + (requestKept === ABSENT ? 0 : requestKept);
  const script =
    reference?.script ??
    readScript(view, offset, {
      reason: texts.list[7],
      rest: texts.list[8],
      headers: headerPairs(texts.list, answerAt, texts.list.length),
      body: Buffer.from(buffer.subarray(answerFrom, answerFrom + view.getUint32(offset + ANSWER_KEPT))),
    });
  const trace: Trace = {
    startedAt: view.getFloat64(offset + STARTED_AT),
    request: {
      method,
      target,
      headers: headerPairs(texts.list, FIXED_TEXTS, answerAt),
      ...(requestKept === ABSENT ? {} : { body: Buffer.from(buffer.subarray(bodyAt, answerFrom)) }),
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
      at: Array.from({ length: times }, (_, i) => view.getFloat64(texts.end + 8 * i)),
    },
    ms: view.getFloat64(offset + MS),
  };
  const answer =
    reference?.script === undefined ? view.getFloat64(offset + ANSWER_BYTES) : sizeOfOps(script.ops);
  return { trace, bytes: { request: view.getFloat64(offset + REQUEST_BYTES), answer } };
}

/** Reads the session of an entry alone. */
export function sessionOfEntry(buffer: Buffer, view: DataView, offset: number): string {
  const length = view.getUint32(offset + FIXED_BYTES);
  return length === 0 ? "" : (readTexts(buffer, view, offset, 1).list[0] ?? "");
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

/** Texts of an entry, and the offset of what follows all of them. */
interface Texts {
  readonly list: readonly (string | undefined)[];
  readonly end: number;
}

/** @param count number of texts to read, from the first */
function readTexts(buffer: Buffer, view: DataView, offset: number, count: number): Texts {
  const headers = view.getUint32(offset + REQUEST_HEADERS) + view.getUint32(offset + ANSWER_HEADERS);
  const from = offset + FIXED_BYTES + 4 * (FIXED_TEXTS + 2 * headers);
  const end = from + view.getUint32(offset + TEXT_BYTES);
  const text = buffer.toString("utf8", from, end);
  let at = 0;
  const list = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(offset + FIXED_BYTES + 4 * i);
    if (length === ABSENT) return undefined;
    at += length;
    return text.slice(at - length, at);
  });
  return { list, end };
}

function headerPairs(texts: readonly (string | undefined)[], from: number, to: number): Header[] {
  const headers: Header[] = [];
  for (let i = from; i < to; i += 2) headers.push([texts[i] ?? "", texts[i + 1] ?? null]);
  return headers;
}
