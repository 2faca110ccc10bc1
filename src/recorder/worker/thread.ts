/** Thread of the recording worker, whose work must not delay the recorded traffic. */
import * as nodeModule from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { WorkerJob, WorkerOptions, WorkerResult } from "../model/index.ts";
import type { RecordingWorker, WorkerEnd, WorkerRefusal } from "./worker.ts";

export type ToWorker = { readonly take: WorkerJob } | { readonly closed: number } | { readonly close: true };

export type FromWorker =
  | { readonly ready: true }
  | { readonly refused: WorkerRefusal }
  | { readonly id: number; readonly result: WorkerResult }
  | { readonly end: WorkerEnd };

export interface WorkerStart {
  readonly options: WorkerOptions;
  /** Folder in which the main thread caches compiled modules, if it does. */
  readonly compileCache: string | undefined;
}

const port = parentPort;
if (port !== null) {
  const { options, compileCache } = workerData as WorkerStart;
  // Without the cache a thread compiles all its modules again, which is most of its start-up time.
  nodeModule.enableCompileCache(compileCache);
  const { RecordingWorker: Writer, toRefusal } = await import("./worker.ts");
  const say = (message: FromWorker): void => port.postMessage(message);
  const listen = (worker: RecordingWorker): void => {
    const hear = async (message: ToWorker): Promise<void> => {
      if ("take" in message) say({ id: message.take.id, result: await worker.take(message.take) });
      else if ("closed" in message) worker.closed(message.closed);
      else {
        say({ end: worker.close() });
        port.close();
      }
    };
    /** The queue: jobs run one after the other. */
    let work: Promise<void> = Promise.resolve();
    port.on("message", (message: ToWorker) => {
      work = work.then(() => hear(message));
    });
  };
  try {
    listen(await Writer.start(options));
    say({ ready: true });
  } catch (error) {
    say({ refused: toRefusal(error) });
  }
}
