/** A chunk by its row's id, and how well it fits. */
export interface Scored {
  readonly id: number;
  readonly score: number;
}

/** The best first; of equal scores the one that was stored first. */
export function bestFirst(scored: readonly Scored[], count: number): Scored[] {
  return scored.toSorted((a, b) => b.score - a.score).slice(0, count);
}

/** The best of them, with scores as the engine gives them. */
export function bestScored(scored: readonly Scored[], count: number): Scored[] {
  return bestFirst(scored, count).map(({ id, score }) => ({ id, score: float32(score) }));
}

/** A score as the engine gives it: a 32-bit float, in the shortest spelling that means it. */
export function float32(value: number): number {
  const wanted = Math.fround(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(wanted.toPrecision(digits));
    if (Math.fround(short) === wanted) return short;
  }
  return Number(wanted.toPrecision(9));
}
