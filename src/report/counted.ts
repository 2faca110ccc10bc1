/** Number with its noun: `1 scenario`, `2 scenarios`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
