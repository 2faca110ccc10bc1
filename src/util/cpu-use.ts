import { readFileSync, readdirSync } from "node:fs";
import { processStats } from "./process/index.ts";

/** Share that processes have had of the processors so far. */
export interface CpuUse {
  /** CPU time (ms) that they and their ended children have used. */
  readonly used: number;
  /**
   * Time (ms) that each of their threads, by its id, was ready to run while others ran. Empty where the kernel does not say:
   * it is the second field of Linux's `/proc/PID/task/TID/schedstat`, in nanoseconds.
   */
  readonly queued: ReadonlyMap<number, number>;
}

/** Length (ms) of a clock tick in `/proc`: USER_HZ is 100 on all of Linux's common platforms. */
const TICK_MS = 10;

/** The processors' time of the processes of a group. @returns `undefined` where there is no Linux `/proc` */
export function groupCpuUse(group: number): CpuUse | undefined {
  const members = processStats()?.filter((one) => one.group === group);
  if (members === undefined) return undefined;
  return {
    used: members.reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0),
    queued: new Map(members.flatMap(({ pid }) => queuedOf(pid))),
  };
}

/** The processors' time of this process. */
export function ownCpuUse(): CpuUse {
  const { user, system } = process.cpuUsage();
  return { used: (user + system) / 1000, queued: new Map(queuedOf(process.pid)) };
}

/**
 * The longest time (ms) that one thread was ready to run between two looks while others ran. Threads wait side by side, and
 * for each other's turns, so that their times can't be added.
 */
export function longestQueued(before: CpuUse, after: CpuUse): number {
  const waits = [...after.queued].map(([thread, ms]) => ms - (before.queued.get(thread) ?? 0));
  return Math.max(0, ...waits);
}

function queuedOf(pid: number): [number, number][] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [, nanoseconds = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(
        " ",
      );
      return [Number(thread), Number(nanoseconds) / 1_000_000];
    });
  } catch {
    return []; // it has ended since, or the system is not Linux
  }
}
