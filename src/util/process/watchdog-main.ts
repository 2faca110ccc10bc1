/** Program of the watchdog: waits until its stdin ends, and with it gatetape; then ends the runs that are still guarded. */
import { createInterface } from "node:readline";
import { type Run, endRun } from "./run.ts";
import type { WatchdogMessage } from "./watchdog-message.ts";

/** Time (ms) that processes have to end after SIGTERM. */
const TERM_MS = 2000;

const guarded = new Map<string, Run>();
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as WatchdogMessage;
  if ("guard" in message) guarded.set(message.guard.mark, message.guard);
  else guarded.delete(message.release.mark);
}
await Promise.all([...guarded.values()].map((run) => endRun(run, TERM_MS)));
