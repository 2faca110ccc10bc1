import type { Op } from "../../../http/index.ts";
import { Random } from "../../../util/index.ts";

/** Speed of synthesized answers. */
export interface Pace {
  /** Time (ms) until the first token. @default 0 */
  readonly ttft?: number;
  /** Tokens per second after the first. @default Infinity */
  readonly tps?: number;
  /** Relative deviation of the time between two tokens: 0.5 is half as long to half as long again. @default 0 */
  readonly jitter?: number;
}

/** Computes the times (whole ms) of tokens after the first; rounding errors do not add up. */
export function arrivalTimes(
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

/** Makes writes at the given times (ms), the first at once. */
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
