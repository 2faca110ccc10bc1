import { cpuMs } from "./cpu.ts";

/** Rounds of both sizes: three, and more while the figure looks bad, for another process may have had the machine. */
const ROUNDS = { least: 3, most: 8 };
/** What needs no further look: well below the 16 of a time that grows with the square. */
const FINE = 7;
/** Shorter times than this, in ms, say nothing: compiling the code and collecting garbage take about that. */
const FLOOR = 10;

/**
 * How many times longer something takes for four times the size: about 4 where time grows with size, 16 where it grows
 * with its square. CPU time counts, and of it the quickest run of each size; a ratio does not depend on how quick or busy
 * the machine is.
 */
export function growth(size: number, run: (size: number) => unknown): number {
  let small = Infinity;
  let large = Infinity;
  let ratio = Infinity;
  for (let round = 0; round < ROUNDS.most && (round < ROUNDS.least || ratio > FINE); round++) {
    small = Math.min(
      small,
      cpuMs(() => run(size)),
    );
    large = Math.min(
      large,
      cpuMs(() => run(4 * size)),
    );
    ratio = large / Math.max(small, FLOOR);
  }
  return ratio;
}
