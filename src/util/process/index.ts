/** Processes that a run has started, wherever they went: found by Linux's `/proc`, and ended with gatetape. */
export { type Run, endRun, isGoneWithin, markedBy, newMark, signalGroup, signalRun } from "./run.ts";
export { processStat, processStats } from "./stat.ts";
export { guardRun } from "./watchdog.ts";
