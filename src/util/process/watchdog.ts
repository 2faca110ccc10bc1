import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Run } from "./run.ts";
import type { WatchdogMessage } from "./watchdog-message.ts";

const PROGRAM = new URL("./watchdog-main.ts", import.meta.url);

let watchdog: ChildProcess | undefined;

/**
 * Has a run ended if this process ends first, however it does: by SIGKILL, too. One watchdog process serves all runs; it notices
 * this process's end by that of its stdin.
 * @returns a function that lets the run alone again
 */
export function guardRun(run: Run): () => void {
  notifyWatchdog({ guard: run });
  return () => notifyWatchdog({ release: run });
}

function notifyWatchdog(message: WatchdogMessage): void {
  watchdog ??= startWatchdog();
  watchdog.stdin?.write(`${JSON.stringify(message)}\n`);
}

/** Starts the watchdog in a session of its own: signals to gatetape's group and terminal do not reach it. */
function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(PROGRAM)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    // Without the mark of a run that gatetape itself belongs to, which would end its watchdog first.
    env: { ...process.env, NODE_OPTIONS: "", GATETAPE_RUN: "" },
  });
  const gone = (): void => {
    if (watchdog === child) watchdog = undefined;
  };
  child.once("error", gone);
  child.once("exit", gone);
  const stdin: (Writable & { unref?(): void }) | null = child.stdin;
  stdin?.on("error", () => {}); // the exit follows
  child.unref();
  stdin?.unref?.();
  return child;
}
