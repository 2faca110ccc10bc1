import { readFileSync, readdirSync } from "node:fs";

/** Facts about a process, of Linux's `/proc/PID/stat`. */
export interface ProcessStat {
  readonly pid: number;
  /** Name of its program, up to 15 characters. */
  readonly name: string;
  /** State as a letter: `R` runs, `S` sleeps, `Z` is a zombie. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** Time of its start, in clock ticks since the boot: with the pid it names one process for ever. */
  readonly start: number;
  /** CPU time of the process and its ended children, in clock ticks. */
  readonly ticks: number;
}

/** All processes. @returns `undefined` where there is no Linux `/proc` */
export function processStats(): ProcessStat[] | undefined {
  let names: string[];
  try {
    names = readdirSync("/proc");
  } catch {
    return undefined;
  }
  const pids = names.filter((name) => /^\d+$/.test(name));
  return pids.length === 0 ? undefined : pids.flatMap((pid) => processStat(Number(pid)) ?? []);
}

/** Facts about one process. @returns `undefined` if it has ended, and where there is no Linux `/proc` */
export function processStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // it has ended since
  }
  // The name, in brackets, may itself hold spaces and brackets.
  const end = stat.lastIndexOf(")");
  const [state = "", parent, group, ...rest] = stat.slice(end + 2).split(" ");
  const ticks = rest.slice(8, 12).reduce((sum, field) => sum + Number(field), 0);
  return {
    pid,
    name: stat.slice(stat.indexOf("(") + 1, end),
    state,
    parent: Number(parent),
    group: Number(group),
    start: Number(rest[16]),
    ticks,
  };
}
