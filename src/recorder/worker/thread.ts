/** The scribe in a thread of its own: what it does must not hold up the traffic that is being recorded. */
import * as nodeModule from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { ScribeJob, ScribeOptions, ScribeResult } from "../model/index.ts";
import type { Scribe, ScribeEnd, ScribeRefusal } from "./worker.ts";

export type ToScribe = { readonly take: ScribeJob } | { readonly closed: number } | { readonly close: true };

export type FromScribe =
  | { readonly ready: true }
  | { readonly refused: ScribeRefusal }
  | { readonly id: number; readonly result: ScribeResult }
  | { readonly end: ScribeEnd };

export interface ScribeStart {
  readonly options: ScribeOptions;
  /** Where the main thread keeps compiled modules, if it does. */
  readonly compileCache: string | undefined;
}

const port = parentPort;
if (port !== null) {
  const { options, compileCache } = workerData as ScribeStart;
  // A thread compiles all that it loads anew, unless it is kept: that is most of the time to start.
  nodeModule.enableCompileCache(compileCache);
  const { Scribe: Writer, refusalOf } = await import("./worker.ts");
  const say = (message: FromScribe): void => port.postMessage(message);
  const listen = (scribe: Scribe): void => {
    const hear = async (message: ToScribe): Promise<void> => {
      if ("take" in message) say({ id: message.take.id, result: await scribe.take(message.take) });
      else if ("closed" in message) scribe.closed(message.closed);
      else {
        say({ end: scribe.close() });
        port.close();
      }
    };
    /** One after the other. */
    let work: Promise<void> = Promise.resolve();
    port.on("message", (message: ToScribe) => {
      work = work.then(() => hear(message));
    });
  };
  try {
    listen(new Writer(options));
    say({ ready: true });
  } catch (error) {
    say({ refused: refusalOf(error) });
  }
}
