/** Number with its noun: `1 cassette`, `2 cassettes`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
