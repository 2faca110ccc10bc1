import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import { RecordError, type WorkerJob, type WorkerOptions, type WorkerResult } from "../model/index.ts";
import { buffersOf } from "./raw.ts";
import type { FromWorker, WorkerStart, ToWorker } from "./thread.ts";
import type { WorkerEnd, WorkerRefusal } from "./worker.ts";

/** The recorder's end of the recording worker: posts jobs to its thread and receives their results. */
export class WorkerClient {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, (result: WorkerResult) => void>();
  readonly #whenGone: (why: string) => void;
  #end: ((end: WorkerEnd) => void) | undefined;
  #gone = false;

  /** Starts the worker. @throws RecordError */
  static start(options: WorkerOptions, whenGone: (why: string) => void): Promise<WorkerClient> {
    const start: WorkerStart = { options, compileCache: getCompileCacheDir() };
    // Without the flags of the process: some of them (`--input-type`) forbid a thread that runs a file.
    const worker = new Worker(new URL(WORKER, import.meta.url), { workerData: start, execArgv: [] });
    return new Promise((resolve, reject) => {
      worker.once("error", reject);
      worker.once("message", (message: FromWorker) => {
        worker.off("error", reject);
        if ("refused" in message) reject(refusalError(message.refused));
        else resolve(new WorkerClient(worker, whenGone));
      });
    });
  }

  private constructor(worker: Worker, whenGone: (why: string) => void) {
    this.#worker = worker;
    this.#whenGone = whenGone;
    worker.on("message", (message: FromWorker) => this.#hear(message));
    worker.on("error", (error) => this.#lose(error.message));
    worker.on("exit", () => this.#lose("it ended"));
  }

  take(job: WorkerJob): Promise<WorkerResult> {
    if (this.#gone) return Promise.resolve(NOT_THERE);
    return new Promise((resolve) => {
      this.#jobs.set(job.id, resolve);
      this.#post({ take: job }, buffersOf(job));
    });
  }

  closed(id: number): void {
    if (!this.#gone) this.#post({ closed: id });
  }

  /** Waits for pending jobs and writes the cassettes. */
  close(): Promise<WorkerEnd> {
    if (this.#gone) return Promise.resolve({ files: [], lost: 0, problems: [] });
    return new Promise((resolve) => {
      this.#end = resolve;
      this.#post({ close: true });
    });
  }

  #post(message: ToWorker, buffers: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, buffers);
  }

  #hear(message: FromWorker): void {
    if ("id" in message) {
      this.#jobs.get(message.id)?.(message.result);
      this.#jobs.delete(message.id);
    } else if ("end" in message) {
      this.#gone = true;
      this.#end?.(message.end);
    }
  }

  #lose(why: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#whenGone(why);
    for (const settle of this.#jobs.values()) settle(NOT_THERE);
    this.#jobs.clear();
    this.#end?.({ files: [], lost: 0, problems: [{ code: "unexpected", location: {}, reason: why }] });
  }
}

const NOT_THERE: WorkerResult = { outcome: "failed", message: "the recording worker has ended" };

/** The worker's file: TypeScript from source, JavaScript in the package. */
const WORKER = import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js";

function refusalError({ code, location, reason, fix }: WorkerRefusal): Error {
  return code === "unexpected" ? new Error(reason) : new RecordError(code, location, reason, fix);
}
