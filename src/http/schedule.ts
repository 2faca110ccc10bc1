/** A pause between two ops, in ms. */
interface Wait {
  readonly op: "wait";
  readonly ms: number;
}

/** Ops that are played in rounds, each starting `every` ms after the one before; without `times` for ever. */
interface Repeat<S> {
  readonly op: "repeat";
  readonly ops: readonly Timed<S>[];
  readonly every: number;
  readonly times?: number;
}

/** An op in a timed sequence: a step `S`, which takes no time, or the time between steps. */
export type Timed<S> = S | Wait | Repeat<S>;

interface Frame<S> {
  readonly ops: readonly Timed<S>[];
  readonly outer: Frame<S> | undefined;
  readonly every: number;
  next: number;
  /** Start of the round under way, in ms since the start. */
  due: number;
  /** Number of rounds after the one under way. */
  left: number;
}

/**
 * Walks through timed ops and says when each step is due: the one schedule of all sinks. Waits add up from the start,
 * so that they do not drift; a round of a `repeat` starts on time or, if the one before took longer, right after it.
 */
export class Schedule<S extends { readonly op: string }> {
  #frame: Frame<S> | undefined;
  #at: number;

  /** @param start when the first op is due, in ms */
  constructor(ops: readonly Timed<S>[], start = 0) {
    this.#frame = { ops, outer: undefined, every: 0, next: 0, due: start, left: 0 };
    this.#at = start;
  }

  /** Time at which the step or pause that `next` gave last is due or over, in ms at recorded pace. */
  get at(): number {
    return this.#at;
  }

  /**
   * Moves on by one step.
   *
   * @returns the step; `"pause"` if the caller has to wait until `at` first (it must let others work even if that
   *   time has passed: a repeat may be endless); `undefined` after the last step
   */
  next(): S | "pause" | undefined {
    for (let frame = this.#frame; frame !== undefined; frame = this.#frame) {
      const op = frame.ops[frame.next++];
      if (op === undefined) {
        if (frame.left > 0) {
          frame.left--;
          frame.next = 0;
          frame.due += frame.every;
          this.#at = Math.max(this.#at, frame.due);
          return "pause";
        }
        this.#frame = frame.outer;
      } else if (isRepeat(op)) {
        const { ops, every, times = Infinity } = op;
        if (times > 0) this.#frame = { ops, outer: frame, every, next: 0, due: this.#at, left: times - 1 };
      } else if (!isWait(op)) return op;
      else if (op.ms > 0) {
        this.#at += op.ms;
        return "pause";
      }
    }
    return undefined;
  }
}

function isWait<S extends { readonly op: string }>(op: Timed<S>): op is Wait {
  return op.op === "wait";
}

function isRepeat<S extends { readonly op: string }>(op: Timed<S>): op is Repeat<S> {
  return op.op === "repeat";
}
