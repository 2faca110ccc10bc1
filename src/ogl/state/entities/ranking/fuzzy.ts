/** Edits by which a term may differ and still count, as the engine's `AUTO` has it. */
export function editsAllowed(term: string): number {
  if (term.length < 3) return 0;
  return term.length < 6 ? 1 : 2;
}

/** A set of a term's letters as bits: two terms with n edits differ in 2n bits at most. */
export function letterBits(term: string): number {
  let bits = 0;
  for (let i = 0; i < term.length; i++) bits |= 1 << (term.charCodeAt(i) % 32);
  return bits;
}

/** Number of bits that are set. */
export function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Number of letters added, left out, replaced, or swapped with their neighbour between two terms.
 *
 * @returns `max + 1` for any number above `max`
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      row.push(least);
    }
    if (Math.min(...row) > max) return max + 1;
    before = last;
    last = row;
  }
  return Math.min(at(last, b.length), max + 1);
}

const at = (row: readonly number[], i: number): number => row[i] ?? Infinity;
