/** The recording worker: a process that sanitizes, scans and writes exchanges, and outlives a recorder that is killed. */
export { WorkerClient, type WorkerListener } from "./client.ts";
export { type EndMark, doneMark, endMark } from "./kept.ts";
export { hasRecording } from "./worker.ts";
