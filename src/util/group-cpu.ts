import { processStats } from "./process/index.ts";

/** Length (ms) of a clock tick in `/proc`: USER_HZ is 100 on all of Linux's common platforms. */
const TICK_MS = 10;

/**
 * CPU time (ms) that the processes of a group and their ended children have used so far.
 * @returns `undefined` where there is no Linux `/proc`
 */
export function groupCpuMs(group: number): number | undefined {
  const members = processStats()?.filter((one) => one.group === group);
  return members?.reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
}
