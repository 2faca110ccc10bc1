import { type Op, type SseToken, SseTokenizer, decodeSse, sseEvents, writesOf } from "../../../http/index.ts";
import type { Position } from "./fault.ts";
import { type EndOp, type Flat, type Wait, type Write, isEnd, waitOf, wholeOf } from "./ops.ts";

/** Body cut in two; `after` includes the script's end. Repeats cut within a round are written out. */
export interface Cut {
  readonly before: readonly Op[];
  readonly after: readonly Op[];
}

/** Maximum number of ops searched for a position in an endless script. */
const MAX_OPS = 100_000;

/** Reader of a script's ops one by one, with repeats unrolled as far as they are read. */
class OpReader {
  /** Ops still to be read, the next one last. */
  readonly #stack: Op[];
  #read = 0;

  constructor(ops: readonly Op[]) {
    this.#stack = ops.toReversed();
  }

  next(): Flat | EndOp | undefined {
    for (;;) {
      const op = this.#stack.pop();
      if (op === undefined || ++this.#read > MAX_OPS) return undefined;
      if (op.op !== "repeat") return op;
      const { ops, every, times = Infinity } = op;
      if (times <= 0) continue;
      if (times > 1) {
        this.#stack.push({ ...op, ...(times === Infinity ? {} : { times: times - 1 }) });
        // Rounds start `every` ms apart; the next follows a longer round at once.
        this.#stack.push(...waitOf(every - (wholeOf(ops)?.ms ?? Infinity)));
      }
      for (const inner of ops.toReversed()) this.#stack.push(inner);
    }
  }

  /** Unread ops, preceded by `first`. */
  rest(...first: readonly Flat[]): Op[] {
    return [...first, ...this.#stack.toReversed()];
  }
}

/** Cuts a body at a position; `undefined` if the script has no such position. */
export function cut(ops: readonly Op[], position: Position): Cut | undefined {
  switch (position.at) {
    case "start":
      return { before: [], after: ops };
    case "end": {
      const end = ops.findIndex(isEnd);
      return end === -1 || wholeOf(ops) === undefined
        ? undefined
        : { before: ops.slice(0, end), after: ops.slice(end) };
    }
    case "byte":
      return cutBytes(ops, position.n);
    case "ms":
      return cutMs(ops, position.n);
    case "event": {
      const offset = offsetOf(ops, position.n);
      return offset === undefined ? undefined : cutBytes(ops, offset);
    }
  }
}

/** Event of a body, with the ops before and after it. */
export interface Picked extends Cut {
  readonly event: readonly Flat[];
}

/**
 * Picks the event that a position counts to: `3` is the third, `-1` the last.
 * @returns `undefined` if there is no such event, or the position does not count events
 */
export function pick(ops: readonly Op[], position: Position): Picked | undefined {
  if (position.at !== "event" || position.n === 0) return undefined;
  const n = position.n > 0 ? position.n : countOf(ops) + position.n + 1;
  if (!(n > 0)) return undefined;
  const start = offsetOf(ops, n - 1);
  const end = offsetOf(ops, n);
  if (start === undefined || end === undefined) return undefined;
  const first = cutBytes(ops, start);
  const second = first && cutBytes(first.after, end - start);
  return first && second && { before: first.before, event: second.before as Flat[], after: second.after };
}

/** Whether a reader of event streams gets an event from the body. */
export function hasEvents(ops: readonly Op[]): boolean {
  return eventEnd(ops, 1).end !== undefined;
}

/** Number of events of a body, or of writes if it has no event; `NaN` if it never ends. */
function countOf(ops: readonly Op[]): number {
  const whole = wholeOf(ops);
  if (whole === undefined) return NaN;
  return sseEvents(decodeSse(whole.bytes)).length || sizesOf(ops, Infinity).length;
}

/** Offset at which the nth event ends, or the nth write of a body without events. */
function offsetOf(ops: readonly Op[], n: number): number | undefined {
  if (n === 0) return 0;
  const count = n > 0 ? n : countOf(ops) + n;
  if (count === 0) return 0;
  if (!(count > 0)) return undefined;
  const found = eventEnd(ops, count);
  if (found.end !== undefined || found.events > 0) return found.end;
  const sizes = sizesOf(ops, count);
  return sizes.length < count ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

/** Offset at which the nth event's blank line ends, and the number of events read so far. */
function eventEnd(ops: readonly Op[], n: number): { end: number | undefined; events: number } {
  const reader = new OpReader(ops);
  const tokenizer = new SseTokenizer();
  let events = 0;
  let data = false;
  const take = (tokens: readonly SseToken[]): number | undefined => {
    for (const { kind, name, start, bytes } of tokens) {
      if (kind === "field" && name === "data") data = true;
      if (kind !== "blank") continue;
      if (data && ++events === n) return start + bytes.length;
      data = false;
    }
    return undefined;
  };
  for (;;) {
    const op = reader.next();
    const over = op === undefined || isEnd(op);
    const end = take(over ? tokenizer.end() : op.op === "write" ? tokenizer.push(op.bytes) : []);
    if (end !== undefined || over) return { end, events };
  }
}

/** Sizes (bytes) of the first writes of a body, at most `max`. */
function sizesOf(ops: readonly Op[], max: number): number[] {
  const sizes: number[] = [];
  const most = Math.min(max, MAX_OPS);
  if (most <= 0) return sizes;
  for (const { length } of writesOf(ops)) if (sizes.push(length) >= most) break;
  return sizes;
}

function cutBytes(ops: readonly Op[], offset: number): Cut | undefined {
  if (offset === 0) return { before: [], after: ops };
  const reader = new OpReader(ops);
  const before: Flat[] = [];
  let left = offset;
  for (;;) {
    const op = reader.next();
    if (op === undefined || isEnd(op)) return undefined;
    if (op.op === "write" && op.bytes.length >= left) {
      const [head, tail] = cutWrite(op, left);
      return { before: [...before, head], after: reader.rest(...tail) };
    }
    before.push(op);
    if (op.op === "write") left -= op.bytes.length;
  }
}

function cutWrite(write: Write, at: number): [Write, Write[]] {
  if (at === write.bytes.length) return [write, []];
  return [{ ...write, bytes: write.bytes.subarray(0, at) }, [{ ...write, bytes: write.bytes.subarray(at) }]];
}

function cutMs(ops: readonly Op[], ms: number): Cut | undefined {
  const reader = new OpReader(ops);
  const before: Flat[] = [];
  let left = ms;
  for (;;) {
    const op = reader.next();
    if (op === undefined || isEnd(op)) return undefined;
    if (op.op === "wait" && op.ms > left) {
      const rest: Wait = { op: "wait", ms: op.ms - left };
      return { before: [...before, ...waitOf(left)], after: reader.rest(rest) };
    }
    before.push(op);
    if (op.op === "wait") left -= op.ms;
  }
}
