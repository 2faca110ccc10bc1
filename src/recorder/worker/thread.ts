/** Thread of the worker process: it sanitizes, scans and writes, while the process reads what comes. */
import { parentPort } from "node:worker_threads";
import { collectAllGarbage } from "../../util/index.ts";
import type { FromWorker, ToThread } from "./messages.ts";
import { RecordingWorker, toRefusal } from "./worker.ts";

/** Size (bytes) of an answer after which the memory that it took is given back at once. */
const LARGE = 1024 * 1024;

const port = parentPort;
if (port !== null) {
  const workers = new Map<number, RecordingWorker>();
  const take = async (message: ToThread): Promise<void> => {
    const { recording } = message;
    const say = (answer: FromWorker): void => port.postMessage({ recording, ...answer });
    if ("start" in message) {
      try {
        workers.set(recording, await RecordingWorker.start(message.start));
        say({ ready: true });
      } catch (error) {
        say({ refused: toRefusal(error) });
      }
      return;
    }
    const worker = workers.get(recording);
    if (worker === undefined) return;
    if ("take" in message) {
      const size = message.take.response?.length ?? 0;
      const result = await worker.take(message.take);
      say({ id: message.take.id, result, ...worker.news() });
      if (size > LARGE) collectAllGarbage();
    } else if ("closed" in message) worker.closed(message.closed);
    else {
      workers.delete(recording);
      say({ end: worker.close() });
    }
  };
  /** The queue: jobs run one after the other. */
  let work: Promise<void> = Promise.resolve();
  port.on("message", (message: ToThread) => {
    work = work.then(() => take(message));
  });
}
