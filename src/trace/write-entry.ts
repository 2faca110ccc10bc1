import type { Trace } from "../exchange/index.ts";
import type { Head, Header, Op, Script } from "../http/index.ts";
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
import { type TextBlock, exactBlock, headersBlock, largestBlock, writeBlock } from "./text-block.ts";

/** An entry before it is written. */
export interface EntryDraft {
  readonly trace: Trace;
  readonly reference: EntryReference | undefined;
  readonly blocks: readonly TextBlock[];
  /** Sizes of the whole bodies, and of the parts that are kept. */
  readonly bytes: BodySizes;
  readonly kept: BodySizes;
}

interface DraftOptions {
  /** Bytes of a body that are kept. */
  readonly most: number;
  /** Parts of the exchange that the entry need not hold itself. */
  readonly reference: EntryReference | undefined;
  /** Sizes of the bodies, if the trace lacks parts of them. */
  readonly bytes: BodySizes | undefined;
}

/** Prepares the entry of a trace. */
export function draftEntry(trace: Trace, { most, reference, bytes }: DraftOptions): EntryDraft {
  const { request, answer, findings } = trace;
  const own = reference?.script === undefined ? answer.script : undefined;
  const head = own?.head ?? undefined;
  const texts = [
    trace.session,
    request.method,
    request.target,
    trace.operation,
    reference === undefined ? JSON.stringify(answer.by) : undefined,
    findings.length === 0 ? undefined : JSON.stringify(findings),
    answer.faults && JSON.stringify(answer.faults),
    head?.reason,
    head && restOfHead(head),
  ];
  const there = { request: request.body?.length ?? 0, answer: own === undefined ? 0 : sizeOfOps(own.ops) };
  return {
    trace,
    reference,
    blocks: [texts, headersBlock(request.headers), headersBlock(head?.headers ?? NO_HEADERS)],
    bytes: bytes ?? there,
    kept: { request: Math.min(there.request, most), answer: Math.min(there.answer, most) },
  };
}

/** Size of an entry in bytes at most. */
export function largestSize(draft: EntryDraft): number {
  let size = sizeBesideTexts(draft);
  for (const block of draft.blocks) size += largestBlock(block);
  return size;
}

/** Size of an entry in bytes. */
export function exactSize(draft: EntryDraft): number {
  return draft.blocks.reduce((size, block) => size + exactBlock(block), sizeBesideTexts(draft));
}

function sizeBesideTexts({ trace, kept }: EntryDraft): number {
  return TEXTS + 8 * trace.delivery.at.length + kept.request + kept.answer;
}

/** Writes an entry. @param offset of the room for it in `buffer`, of which `view` is a view. @returns its size */
export function writeEntry(draft: EntryDraft, buffer: Buffer, view: DataView, offset: number): number {
  const { trace, reference, blocks, bytes, kept } = draft;
  const { request, answer, delivery } = trace;
  const { script } = answer;
  view.setUint32(offset + WRITES_AT, delivery.at.length);
  view.setUint32(offset + REQUEST_KEPT, request.body === undefined ? NO_BODY : kept.request);
  view.setUint32(offset + ANSWER_KEPT, kept.answer);
  view.setUint16(offset + STATUS, script.head?.status ?? 0);
  view.setUint8(offset + HEAD, headBits(script));
  view.setUint8(offset + ENDED, ENDS.indexOf(delivery.ended));
  view.setFloat64(offset + REQUEST_BYTES, bytes.request);
  view.setFloat64(offset + ANSWER_BYTES, bytes.answer);
  view.setFloat64(offset + STARTED_AT, trace.startedAt);
  view.setFloat64(offset + MS, trace.ms);
  view.setFloat64(offset + WAIT, script.wait);
  view.setFloat64(offset + DELIVERED_BYTES, delivery.bytes);
  view.setFloat64(offset + DELIVERED_WRITES, delivery.writes);
  let at = offset + TEXTS;
  for (const block of blocks) at = writeBlock(block, buffer, view, at);
  for (const time of delivery.at) {
    view.setFloat64(at, time);
    at += 8;
  }
  if (request.body !== undefined) at = copyPart(request.body, kept.request, buffer, at);
  if (reference?.script === undefined) copyOps(script.ops, kept.answer, buffer, at);
  return at + kept.answer - offset;
}

const NO_HEADERS: readonly Header[] = [];

/** The rarer members of a head, as JSON. */
function restOfHead({ informational, trailers }: Head): string | undefined {
  return informational === undefined && trailers === undefined
    ? undefined
    : JSON.stringify({ informational, trailers });
}

function headBits({ head, early }: Script): number {
  const bits = early ? IS_EARLY : 0;
  if (head === null) return bits;
  return bits | HAS_HEAD | (head.http === "1.0" ? IS_HTTP_10 : 0) | FRAMINGS.indexOf(head.framing);
}

/** Copies the first `size` bytes of a part. @returns the offset after them */
function copyPart(part: Uint8Array, size: number, buffer: Buffer, at: number): number {
  buffer.set(size === part.length ? part : part.subarray(0, size), at);
  return at + size;
}

/** Copies the first `size` bytes of a single round of the ops. @returns the number of bytes that are still missing */
function copyOps(ops: readonly Op[], size: number, buffer: Buffer, from: number): number {
  let left = size;
  for (const op of ops) {
    if (left === 0) break;
    const at = from + size - left;
    if (op.op === "write") left -= copyPart(op.bytes, Math.min(op.bytes.length, left), buffer, at) - at;
    else if (op.op === "repeat") left = copyOps(op.ops, left, buffer, at);
  }
  return left;
}
