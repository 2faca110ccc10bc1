import { mayHaveBody, staysOpen } from "./closing.ts";
import { httpDate, thisSecond } from "./http-date.ts";
import type { Delivery } from "./playback.ts";
import type { Head, Op, Script } from "./script.ts";
import { computedValue } from "./sink-plan.ts";
import { statusLine, writeChunk, writeHead, writeLastChunk } from "./writer.ts";

/** An answer that takes no time, as it goes to the socket. */
export interface WholeAnswer {
  /** Head and body in one buffer or, where the body is large, side by side without a copy. */
  readonly parts: readonly Uint8Array[];
  /** The delivery of all of it, which is made at once. */
  readonly delivery: Delivery;
  /** True if the connection stays open. */
  readonly keeps: boolean;
}

/** Size (bytes) up to which an answer is kept as one buffer; a slow reader must hold up a larger one. */
const MAX_WHOLE = 64 * 1024;

/** An answer with the second of its date, if it has one; without an answer where the script takes time. */
interface Kept {
  readonly second: number | undefined;
  readonly answer: WholeAnswer | undefined;
}

const kept = { paced: new WeakMap<Script, Kept>(), instant: new WeakMap<Script, Kept>() };

/**
 * The bytes of a script that is one finished answer: without waits and flushes, ended by its framing. Kept for each script,
 * and made anew when its date changes.
 *
 * @param instant leaves waits out
 * @returns `undefined` for any other script
 */
export function wholeAnswer(script: Script, instant: boolean): WholeAnswer | undefined {
  const answers = instant ? kept.instant : kept.paced;
  const before = answers.get(script);
  if (before !== undefined && (before.second === undefined || before.second === thisSecond()))
    return before.answer;
  const answer = makeWhole(script, instant);
  const dated = answer !== undefined && hasDate(script);
  answers.set(script, { second: dated ? thisSecond() : undefined, answer });
  return answer;
}

function makeWhole(script: Script, instant: boolean): WholeAnswer | undefined {
  const { head } = script;
  if (head === null || head.http === "1.0" || (script.wait > 0 && !instant)) return undefined;
  const writes = finishedWrites(script.ops, instant);
  if (writes === undefined || (writes.length > 0 && !mayHaveBody(head, "GET"))) return undefined;
  const size = writes.reduce((sum, { length }) => sum + length, 0);
  const chunked = head.framing === "chunked";
  if (size > MAX_WHOLE && (chunked || writes.length > 1)) return undefined;
  const first = headBytes(head, script);
  const body = chunked ? chunkedBody(writes, head) : writes;
  const { length } = writes;
  return {
    parts: size > MAX_WHOLE ? [first, ...body] : [Buffer.concat([first, ...body])],
    delivery: {
      ended: lastOf(script.ops),
      writes: length,
      bytes: size,
      at: writes.map(() => 0),
    },
    keeps: lastOf(script.ops) === "complete" && staysOpen(head, "GET"),
  };
}

/** The writes of ops that take no time and end the message; `undefined` for others. */
function finishedWrites(ops: readonly Op[], instant: boolean): Uint8Array[] | undefined {
  const writes: Uint8Array[] = [];
  for (const op of ops) {
    if (op.op === "write" && op.flush !== true) writes.push(op.bytes);
    else if (op.op === "complete" || op.op === "close") return writes;
    else if (op.op !== "wait" || (op.ms > 0 && !instant)) return undefined;
  }
  return undefined;
}

function lastOf(ops: readonly Op[]): "complete" | "close" {
  return ops.find(({ op }) => op !== "write" && op !== "wait")?.op === "close" ? "close" : "complete";
}

function chunkedBody(writes: readonly Uint8Array[], head: Head): Uint8Array[] {
  const chunks = writes.filter(({ length }) => length > 0).map((bytes) => writeChunk(bytes));
  return [...chunks, writeLastChunk(head.trailers)];
}

function headBytes(head: Head, script: Script): Buffer {
  const informational = (head.informational ?? []).map(({ status, reason = "", headers }) =>
    writeHead(statusLine("1.1", status, reason), headers),
  );
  const headers = head.headers.map(([name, value]) => {
    const lower = name.toLowerCase();
    return [name, value ?? (lower === "date" ? httpDate() : computedValue(lower, script))] as const;
  });
  return Buffer.concat([...informational, writeHead(statusLine("1.1", head.status, head.reason), headers)]);
}

function hasDate({ head }: Script): boolean {
  return (
    head !== null && head.headers.some(([name, value]) => value === null && name.toLowerCase() === "date")
  );
}
