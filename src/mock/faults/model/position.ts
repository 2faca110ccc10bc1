import { type Op, type SseToken, SseTokenizer, decodeSse, sseEvents, writesOf } from "../../../http/index.ts";
import type { Position } from "./fault.ts";
import { type EndOp, type Flat, type Wait, type Write, isEnd, waitOf, wholeOf } from "./ops.ts";

/** A body in two: `after` has the end of the script in it. Rounds of a repeat that were parted are written out. */
export interface Cut {
  readonly before: readonly Op[];
  readonly after: readonly Op[];
}

/** An endless script is looked through no further than this many ops for a place in it. */
const MAX_OPS = 100_000;

/** The ops of a script one by one, repeats unrolled as far as they are read. */
class OpReader {
  /** What is still to come, the next last. */
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
        // Rounds start `every` ms apart; one that takes longer is followed at once.
        this.#stack.push(...waitOf(every - (wholeOf(ops)?.ms ?? Infinity)));
      }
      for (const inner of ops.toReversed()) this.#stack.push(inner);
    }
  }

  /** What has not been read, after what is put before it. */
  rest(...first: readonly Flat[]): Op[] {
    return [...first, ...this.#stack.toReversed()];
  }
}

/** Parts a body at a place; `undefined` if the script has no such place. */
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

/** An event of a body, with what is sent before and after it. */
export interface Picked extends Cut {
  readonly event: readonly Flat[];
}

/**
 * Takes out the event that a position counts to: `3` is the third, `-1` the last.
 * @returns `undefined` if there is none, or the position is no event's
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

/** True for a body that a reader of event streams gets an event of. */
export function hasEvents(ops: readonly Op[]): boolean {
  return eventEnd(ops, 1).end !== undefined;
}

/** The number of events of a body, of writes if it has none; `NaN` if it never ends. */
function countOf(ops: readonly Op[]): number {
  const whole = wholeOf(ops);
  if (whole === undefined) return NaN;
  return sseEvents(decodeSse(whole.bytes)).length || sizesOf(ops, Infinity).length;
}

/** The offset at which the nth event or, in a body without any, the nth write ends. */
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

/** Where the nth event's blank line ends, and how many events there are at least. */
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
      const [head, tail] = parted(op, left);
      return { before: [...before, head], after: reader.rest(...tail) };
    }
    before.push(op);
    if (op.op === "write") left -= op.bytes.length;
  }
}

function parted(write: Write, at: number): [Write, Write[]] {
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
