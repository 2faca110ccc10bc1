import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { processStat } from "../util/index.ts";
import type { Io, Unsubscribe } from "./support/index.ts";

/** Time (ms) between two looks at the processes that started this one. */
const LOOK_MS = 25;

/** Time (ms) in which the same signal again is one that npm passes on although the terminal has sent it to all. */
const ECHO_MS = 2000;

/** Processes from the parent of this one up to the npm that waits for it; none if that npm has ended already. */
type WayToNpm = readonly number[];

/** The signals of this process. */
export interface ProcessSignals {
  readonly onSignal: NonNullable<Io["onSignal"]>;
  /** Whether the command listens, or has listened: it goes on until it is told to end. */
  isAwaited(): boolean;
  /** Whether the command was told to end. */
  isHeard(): boolean;
}

/**
 * Listens to the signals of this process. The end of the npm or npx that waits for the command counts as SIGTERM: their shell
 * does not pass a signal on, and the command would be left behind. Under `nohup`, SIGHUP stays ignored, which Node undoes.
 *
 * To be called before the rest of the program is loaded: until then the end of npm is not seen.
 */
export function processSignals(): ProcessSignals {
  let npm = wayToNpm(process.env, process.ppid);
  // A command that this one runs is not the command of that script.
  delete process.env["npm_lifecycle_script"];
  const nohup = basename(process.env["_"] ?? "") === "nohup";
  // npm does not survive it, and its end is no wish to end then.
  if (nohup) process.on("SIGHUP", () => (npm = undefined));
  let [isAwaited, isHeard] = [false, false];
  const onSignal: ProcessSignals["onSignal"] = (names, notify) => {
    isAwaited = true;
    const listener = (name: NodeJS.Signals): void => {
      isHeard = true;
      notify(name);
    };
    const listened = nohup ? names.filter((name) => name !== "SIGHUP") : names;
    const offs = listened.map((name) => onOneSignal(name, npm?.length === 1, listener));
    if (listened.includes("SIGTERM"))
      offs.push(
        onEndOfNpm(
          () => npm,
          () => listener("SIGTERM"),
        ),
      );
    return () => {
      for (const off of offs) off();
    };
  };
  return { onSignal, isAwaited: () => isAwaited, isHeard: () => isHeard };
}

/** @param echoed whether npm is the parent, and passes on what the terminal sends to it and to this process */
function onOneSignal(
  name: NodeJS.Signals,
  echoed: boolean,
  listener: (name: NodeJS.Signals) => void,
): Unsubscribe {
  let heardAt = -Infinity;
  const hear = (): void => {
    const now = performance.now();
    if (echoed && now - heardAt < ECHO_MS) return;
    heardAt = now;
    if (echoed) ignoreEcho(name);
    listener(name);
  };
  process.on(name, hear);
  return () => process.off(name, hear);
}

/** Keeps the second of two signals from its default effect, even if nobody listens any more. */
function ignoreEcho(name: NodeJS.Signals): void {
  const ignore = (): void => {};
  process.on(name, ignore);
  setTimeout(() => process.off(name, ignore), ECHO_MS).unref();
}

/** Calls `listener` when the way to npm is broken: npm has ended, or the shell between. */
function onEndOfNpm(way: () => WayToNpm | undefined, listener: () => void): Unsubscribe {
  if (way() === undefined) return () => {};
  const timer = setInterval(() => {
    const pids = way();
    const whole = pids?.every((pid, i) => parentOf(pids[i - 1]) === pid) ?? true;
    if (whole && pids?.length !== 0) return;
    clearInterval(timer);
    listener();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * The way to the npm whose script or npx command is this process, and nothing else. A program that a script of npm starts may
 * itself start gatetape and leave it behind on purpose; so may a script with `&`.
 *
 * @returns `undefined` if npm does not wait for this process, or where there is no Linux `/proc`
 */
function wayToNpm(env: NodeJS.ProcessEnv, parent: number): WayToNpm | undefined {
  const script = env["npm_lifecycle_script"]?.trim();
  if (script === undefined || script === "" || PUTS_IN_BACKGROUND.test(script)) return undefined;
  const way: number[] = [];
  let pid: number | undefined = parent;
  for (; pid !== undefined && isShellOf(pid, script); pid = parentOf(pid)) way.push(pid);
  if (pid !== undefined && isRunner(pid, script)) return [...way, pid];
  // npx waits for its command, so that any other parent is the one that orphans get.
  const isOfNpx = env["npm_lifecycle_event"] === "npx" && /^["']?gatetape\b/.test(script);
  return isOfNpx && parentOf(parent) !== undefined ? [] : undefined;
}

/** An `&` that is neither `&&` nor part of a redirection. */
const PUTS_IN_BACKGROUND = /(?<![&<>])&(?![&>])/;

/** Whether a process is the shell that npm has started for a script. */
function isShellOf(pid: number, script: string): boolean {
  const words = entriesOf(pid, "cmdline");
  return words.includes("-c") && words.some((word) => word.trim().startsWith(script));
}

/** Whether a process is npm or its like, and not a program that was itself started by the script. */
function isRunner(pid: number, script: string): boolean {
  const given = entriesOf(pid, "environ").find((entry) => entry.startsWith("npm_lifecycle_script="));
  return (
    given?.slice(given.indexOf("=") + 1).trim() !== script &&
    /\b(?:npm|npx|pnpm|yarn|bunx?)\b/.test(entriesOf(pid, "cmdline").join(" "))
  );
}

/** Words of a file in `/proc/PID`; none if the process has ended, or is not ours to see. */
function entriesOf(pid: number, file: "cmdline" | "environ"): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Parent of a process, by default of this one; `undefined` if it has ended, and where there is no Linux `/proc`. */
function parentOf(pid?: number): number | undefined {
  return pid === undefined ? process.ppid : processStat(pid)?.parent;
}
