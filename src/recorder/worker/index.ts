/** The recording worker: sanitizes, scans and writes exchanges off the recorder's thread. */
export { WorkerClient } from "./client.ts";
export { endedByDone, jobOf } from "./raw.ts";
export { hasRecording } from "./worker.ts";
