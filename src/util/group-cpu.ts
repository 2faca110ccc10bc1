import { readFileSync, readdirSync } from "node:fs";

/** Length (ms) of a clock tick in `/proc`: USER_HZ is 100 on all of Linux's common platforms. */
const TICK_MS = 10;

/**
 * CPU time (ms) that the processes of a group and their ended children have used so far.
 * @returns `undefined` where there is no Linux `/proc`
 */
export function groupCpuMs(group: number): number | undefined {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return undefined;
  }
  const pids = names.filter((name) => /^\d+$/.test(name));
  return pids.length === 0 ? undefined : pids.reduce((sum, pid) => sum + cpuMsIn(pid, group), 0);
}

/** Fields of `/proc/PID/stat` after the name, which may itself hold spaces and brackets. */
function cpuMsIn(pid: string, group: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return 0; // it has ended since
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [, , pgrp] = fields;
  if (Number(pgrp) !== group) return 0;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks * TICK_MS;
}
