import { readFileSync } from "node:fs";
import { processStat } from "../../util/index.ts";
import type { Unsubscribe } from "./io.ts";

/** Time (ms) between two looks at the processes that started this one. */
const LOOK_MS = 50;

/**
 * Subscribes to signals of this process. The end of the npm or npx that started it counts as SIGTERM: both end by a signal
 * that they do not pass on, and would leave the command behind. SIGHUP stays ignored where `nohup` has it ignored.
 */
export function onProcessSignals(
  names: readonly NodeJS.Signals[],
  listener: (name: NodeJS.Signals) => void,
): Unsubscribe {
  const heard = names.filter((name) => name !== "SIGHUP" || !isHangupIgnored());
  for (const name of heard) process.on(name, listener);
  const unwatch = heard.includes("SIGTERM") ? onEndOfNpm(() => listener("SIGTERM")) : () => {};
  return () => {
    for (const name of heard) process.off(name, listener);
    unwatch();
  };
}

/**
 * Calls `listener` when npm or npx ends before this process, which it started. A command that a script of npm leaves
 * behind by `&`, and whose shell has ended before the command began, is not watched.
 */
function onEndOfNpm(listener: () => void): Unsubscribe {
  if (process.env["npm_command"] === undefined) return () => {};
  const parents = parentsOf(process.ppid);
  const timer = setInterval(() => {
    if (process.ppid === parents[0] && parents.every((pid, i) => i === 0 || isParent(pid, parents[i - 1])))
      return;
    clearInterval(timer);
    listener();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The parent, and if it is the shell of a script, its parent too, as far as the system tells. */
function parentsOf(parent: number): number[] {
  const stat = processStat(parent);
  return stat === undefined || !/^(?:sh|dash|bash|ash|busybox|zsh)$/.test(stat.name)
    ? [parent]
    : [parent, stat.parent];
}

/** Whether a process is still the parent of another one. */
function isParent(pid: number, child: number | undefined): boolean {
  return child !== undefined && processStat(child)?.parent === pid;
}

/** Whether SIGHUP was ignored when this process began; where the system does not tell, it is taken to be. */
function isHangupIgnored(): boolean {
  try {
    const mask = /^SigIgn:\s*([\da-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return mask === undefined || (BigInt(`0x${mask}`) & 1n) === 1n;
  } catch {
    return true;
  }
}
