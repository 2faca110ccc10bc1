/**
 * A header as it goes over the wire. A value of `null` is computed by the sink when it is sent:
 * `date`, `content-length` and `Transfer-Encoding` are the only names for which that has a meaning.
 */
export type Header = readonly [name: string, value: string | null];

/** Framing of a message body (RFC 9112 section 6.3). */
export type Framing = "length" | "chunked" | "eof" | "none";

/** An interim (1xx) response that precedes the final head. */
export interface Informational {
  readonly status: number;
  readonly reason?: string;
  readonly headers: readonly Header[];
}

export interface Head {
  /** The version in the status line. Many servers answer 1.1 even to a 1.0 request. */
  readonly http: "1.0" | "1.1";
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly framing: Framing;
  readonly informational?: readonly Informational[];
  readonly trailers?: readonly Header[];
}

/** A step of a script. Times are in milliseconds. */
export type Op =
  /** A write: one HTTP chunk where the framing is chunked. `flush` gives it a TCP segment of its own. */
  | { readonly op: "write"; readonly bytes: Uint8Array; readonly flush?: boolean }
  | { readonly op: "wait"; readonly ms: number }
  /** Runs `ops` again and again, each round starting `every` ms after the one before; for ever, or `times` times. */
  | { readonly op: "repeat"; readonly ops: readonly Op[]; readonly every: number; readonly times?: number }
  | { readonly op: End };

/** An op that takes no time. */
export type InstantOp = Extract<Op, { op: "write" | End }>;

/**
 * The end of an exchange: `complete` (the message ends by its framing, the connection stays), `close` (the same, then
 * the server closes), `reset` (TCP RST), `stall` (nothing more, the socket stays open), `truncate` (the socket is
 * closed before the message is complete).
 */
export type End = "complete" | "close" | "reset" | "stall" | "truncate";

/** The bytes that a server sends and their times, as data. A script without a head never answers: it can only stall, reset or truncate. */
export interface Script {
  /** Milliseconds before the head. */
  readonly wait: number;
  readonly head: Head | null;
  readonly ops: readonly Op[];
  /** Answers before the request's body has been read. */
  readonly early?: boolean;
}

/** The number of body bytes that the ops write, or `null` if they never stop. */
export function bodyLength(ops: readonly Op[]): number | null {
  let sum = 0;
  for (const op of ops) {
    if (op.op === "write") sum += op.bytes.length;
    else if (op.op === "repeat") {
      const round = bodyLength(op.ops);
      if (round === null || op.times === undefined) return null;
      sum += round * op.times;
    }
  }
  return sum;
}

/**
 * Lists the bytes of each write in order, up to the end of the script. Endless where the script writes for ever.
 *
 * @param rounds how many rounds of each `repeat` are listed at most
 * @returns whether an end was met
 */
export function* writesOf(ops: readonly Op[], rounds: number = Infinity): Generator<Uint8Array, boolean> {
  for (const op of ops) {
    if (op.op === "write") yield op.bytes;
    else if (op.op === "repeat") {
      const count = hasWrites(op.ops) ? Math.min(op.times ?? Infinity, rounds) : 0;
      for (let round = 0; round < count; round++) if (yield* writesOf(op.ops, rounds)) return true;
    } else if (op.op !== "wait") return true;
  }
  return false;
}

/** True if any op writes; one that does not could be walked through for ever without a result. */
function hasWrites(ops: readonly Op[]): boolean {
  return ops.some((op) => op.op === "write" || (op.op === "repeat" && op.times !== 0 && hasWrites(op.ops)));
}
