import { type Op, type SseEvent, type SseToken, decodeSse, sseEvents } from "../../../http/index.ts";
import { type Flat, bytesOf, overRuns, writeOf } from "./ops.ts";

/** Change of the bytes of a run of writes, at an offset in it. */
export interface Edit {
  readonly at: number;
  /** Number of removed bytes. */
  readonly remove?: number;
  /** Inserted bytes, in the same write. */
  readonly insert?: Uint8Array | string;
  /** Insert as a write of its own. */
  readonly own?: boolean;
}

/** Function from a stream's tokens and events to the edits. */
export type Editor = (stream: {
  tokens: readonly SseToken[];
  events: readonly SseEvent[];
}) => readonly Edit[];

/** Edits an event stream; its writes and waits stay in their positions. */
export function editStream(ops: readonly Op[], editor: Editor): readonly Op[] {
  return overRuns(ops, (run) => {
    const tokens = decodeSse(bytesOf(run));
    const events = sseEvents(tokens);
    const edits = editor({ tokens, events });
    return edits.length === 0 ? run : edited(run, edits);
  });
}

/**
 * Applies edits to a run.
 * @param edits sorted, none within the bytes that another one removes
 */
export function edited(run: readonly Flat[], edits: readonly Edit[]): Flat[] {
  const result: Flat[] = [];
  const last = run.findLastIndex((op) => op.op === "write");
  let offset = 0;
  /** Offset up to which bytes have been used or removed. */
  let from = 0;
  let next = 0;
  const taken = (before: number): readonly Edit[] => {
    const first = next;
    while (next < edits.length && (edits[next] as Edit).at < before) next++;
    return edits.slice(first, next);
  };
  for (const [i, op] of run.entries()) {
    if (op.op === "wait") {
      result.push(op);
      continue;
    }
    const end = offset + op.bytes.length;
    const start = offset;
    const slice = (a: number, b: number): Uint8Array => op.bytes.subarray(a - start, b - start);
    let parts: Uint8Array[] = [];
    const flush = (): void => {
      if (parts.length > 0) result.push({ ...op, bytes: Buffer.concat(parts) });
      parts = [];
    };
    // The last write also takes insertions at its end.
    const due = taken(i === last ? Infinity : end);
    if (from <= start && due.length === 0) {
      result.push(op);
      from = end;
      offset = end;
      continue;
    }
    from = Math.max(from, start);
    for (const edit of due) {
      if (edit.at > from) parts.push(slice(from, edit.at));
      from = Math.max(from, edit.at + (edit.remove ?? 0));
      if (edit.insert === undefined) continue;
      if (edit.own) {
        flush();
        result.push(writeOf(edit.insert));
      } else parts.push(writeOf(edit.insert).bytes);
    }
    if (from < end) {
      parts.push(slice(from, end));
      from = end;
    }
    flush();
    offset = end;
  }
  return result;
}
