import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessStat, processStats } from "./stat.ts";

/** A program with all that it has started. */
export interface Run {
  /** Its process group, named by the leader's pid. */
  readonly group: number;
  /** Text in the variable `GATETAPE_RUN` of its processes, which a process inherits that leaves the group. */
  readonly mark: string;
}

const VARIABLE = "GATETAPE_RUN";
/** Nobody reports the end of a process that is no child of ours: `/proc` is read this often (ms). */
const POLL_MS = 50;
/** Time (ms) in which killed processes are looked for again: one may have forked at that moment. */
const KILLED_MS = 1000;
/** States of processes that have ended: zombies and dead ones. */
const ENDED = new Set(["Z", "X"]);

/** Text that no other run has. */
export function newMark(): string {
  return randomBytes(9).toString("hex");
}

/** The variable that marks the processes of a run. A run within a run has the marks of both. */
export function markedBy(
  mark: string,
  inherited: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const outer = inherited[VARIABLE] ?? "";
  return { [VARIABLE]: outer === "" ? mark : `${outer},${mark}` };
}

/**
 * Signals all processes of a run. Without a Linux `/proc` that is its group.
 * @param known processes that were found earlier: one whose parent has ended may not show any more whose it is
 * @returns the processes that were found
 */
export function signalRun(
  run: Run,
  signal: NodeJS.Signals,
  known: readonly ProcessStat[] = [],
): ProcessStat[] {
  const found = processesOf(run, known) ?? []; // before any of them ends
  signalGroup(run, signal);
  for (const { pid, group } of found) if (group !== run.group) signalIfThere(pid, signal);
  return found;
}

/** Signals the group of a run. */
export function signalGroup({ group }: Pick<Run, "group">, signal: NodeJS.Signals): void {
  signalIfThere(-group, signal);
}

/** Ends a run: by SIGTERM, and by SIGKILL what is left after `termMs`. */
export async function endRun(run: Run, termMs: number): Promise<void> {
  let known = signalRun(run, "SIGTERM");
  if (await isGoneWithin(run, termMs, known)) return;
  const until = performance.now() + KILLED_MS;
  do known = signalRun(run, "SIGKILL", known);
  while (performance.now() < until && !(await isGoneWithin(run, POLL_MS, known)));
}

/** Resolves to whether a run has no process left within `ms`. */
export async function isGoneWithin(
  run: Run,
  ms: number,
  known: readonly ProcessStat[] = [],
): Promise<boolean> {
  const until = performance.now() + ms;
  while (isLeft(run, known)) {
    if (performance.now() >= until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Whether a run has a process left that has not ended. */
function isLeft(run: Run, known: readonly ProcessStat[]): boolean {
  const left = processesOf(run, known);
  return left === undefined ? signalIfThere(-run.group, 0) : left.length > 0;
}

/**
 * Processes of a run: those of its group, those with its mark, the known ones, and the children of all these, which may have
 * cleared their environment.
 */
function processesOf({ group, mark }: Run, known: readonly ProcessStat[]): ProcessStat[] | undefined {
  const all = processStats()?.filter(({ pid, state }) => pid !== process.pid && !ENDED.has(state));
  if (all === undefined) return undefined;
  const isKnown = ({ pid, start }: ProcessStat): boolean =>
    known.some((one) => one.pid === pid && one.start === start);
  const found = new Set(all.filter((one) => one.group === group || isKnown(one) || hasMark(one.pid, mark)));
  const pids = new Set([...found].map(({ pid }) => pid));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const one of all) {
      if (!pids.has(one.parent)) continue;
      found.add(one);
      pids.add(one.pid);
    }
  }
  return [...found];
}

/** Whether a process was started with the mark. The environment of other users' processes can't be read. */
function hasMark(pid: number, mark: string): boolean {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
    const value = variables.find((variable) => variable.startsWith(`${VARIABLE}=`));
    return (
      value
        ?.slice(VARIABLE.length + 1)
        .split(",")
        .includes(mark) === true
    );
  } catch {
    return false;
  }
}

/** @returns false if there is no such process or group any more */
function signalIfThere(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH" || code === "EPERM") return false; // EPERM: only zombies are left, as macOS reports it
    throw error;
  }
}
