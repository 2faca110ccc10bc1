import { processStat } from "../../util/index.ts";
import type { Unsubscribe } from "./io.ts";

/** Time (ms) between two looks at the processes that started this one. */
const LOOK_MS = 50;

/**
 * Subscribes to signals of this process. The end of the npm or npx that started it counts as SIGTERM: both end by a signal
 * that they do not pass on, and would leave the command behind. What `nohup` sets is lost: Node gives each signal its default
 * effect when it starts.
 */
export function onProcessSignals(
  names: readonly NodeJS.Signals[],
  listener: (name: NodeJS.Signals) => void,
): Unsubscribe {
  for (const name of names) process.on(name, listener);
  const unwatch = names.includes("SIGTERM") ? onEndOfNpm(() => listener("SIGTERM")) : () => {};
  return () => {
    for (const name of names) process.off(name, listener);
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
