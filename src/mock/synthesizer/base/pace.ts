import type { Op } from "../../../http/index.ts";
import { Random } from "../../../util/index.ts";

/** How fast a synthesized answer comes. */
export interface Pace {
  /** Milliseconds until the first token. @default 0 */
  readonly ttft?: number;
  /** Tokens a second after that. @default Infinity */
  readonly tps?: number;
  /** By what part the time between two tokens differs from the mean at most: 0.5 is half as long to half as long again. @default 0 */
  readonly jitter?: number;
}

/** The times at which pieces come, in whole milliseconds after the first: what is rounded off does not add up. */
export function timesOf(
  { tps = Infinity, jitter = 0 }: Pace,
  tokens: readonly number[],
  seed: string,
): number[] {
  const random = new Random(seed);
  let at = 0;
  return tokens.map((count, i) => {
    if (i > 0 && tps < Infinity) at += (count * 1000 * (1 + jitter * (2 * random.float() - 1))) / tps;
    return Math.round(at);
  });
}

/** Writes at these times, the first at once. */
export function paced(writes: readonly Uint8Array[], times: readonly number[]): Op[] {
  let before = 0;
  return writes.flatMap((bytes, i): Op[] => {
    const at = Math.max(before, times[i] ?? before);
    const ms = at - before;
    before = at;
    return ms > 0
      ? [
          { op: "wait", ms },
          { op: "write", bytes },
        ]
      : [{ op: "write", bytes }];
  });
}
