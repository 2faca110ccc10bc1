/** Tries of each size; the quickest counts, for another process may have had the machine meanwhile. */
const TRIES = 3;
/** Shorter times than this, in ms, say nothing. */
const FLOOR = 2;

/**
 * How many times longer something takes for four times the size: about 4 where time grows with size, 16 where it grows
 * with its square. A ratio does not depend on how quick or busy the machine is.
 */
export function growth(size: number, run: (size: number) => unknown): number {
  const [small, large] = [size, 4 * size].map((n) => {
    let best = Infinity;
    for (let i = 0; i < TRIES; i++) {
      const started = performance.now();
      run(n);
      best = Math.min(best, performance.now() - started);
    }
    return best;
  }) as [number, number];
  return large / Math.max(small, FLOOR);
}
