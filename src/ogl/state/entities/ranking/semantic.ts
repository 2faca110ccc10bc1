import { type Scored, bestScored } from "./scored.ts";

/** A vector of length 1 in the direction of another; one of zeros stays. */
export function unitVector(vector: ArrayLike<number>): Float32Array {
  const unit = Float32Array.from(vector);
  let square = 0;
  for (const value of unit) square += value * value;
  const length = Math.sqrt(square);
  return length === 0 ? unit : unit.map((value) => value / length);
}

/** Steps of a cosine: 32-bit floats give no finer ones, and a text is as near as can be to itself. */
const PRECISION = 1e7;

/**
 * The nearest vectors to that of a question, scored by (1 + cosine) / 2 as the engine does it.
 *
 * @param question of length 1, as the others are; of others of another size nothing is known
 */
export function rankByVector(
  question: Float32Array,
  vectors: Iterable<readonly [id: number, vector: Float32Array]>,
  count: number,
): Scored[] {
  const scored: Scored[] = [];
  for (const [id, vector] of vectors) {
    if (vector.length !== question.length) continue;
    const cosine = Math.round(dot(question, vector) * PRECISION) / PRECISION;
    scored.push({ id, score: (1 + cosine) / 2 });
  }
  return bestScored(scored, count);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
