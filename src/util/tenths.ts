/** A time (ms) to a tenth of a millisecond, as traces hold times. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
