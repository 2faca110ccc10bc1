import { ownProcess } from "../../cassette/index.ts";
import type { GivenPseudonym } from "../../secrets/index.ts";
import { RecordError, type WorkerOptions, type WorkerResult } from "../model/index.ts";
import { Collector } from "../../util/index.ts";
import { ExchangeKeeper, type PendingExchange, release } from "./keeper.ts";
import type { EndMark } from "./kept.ts";
import { WorkerLink } from "./link.ts";
import type { FromWorker, WorkerEnd, WorkerNews, WorkerRefusal, WorkerStart } from "./messages.ts";

/** Workers that may end one after the other without having written anything. */
const MAX_LOST_WORKERS = 4;

/** Workers that may end over one exchange: two may be killed by others while it is the first in their queue. */
const MAX_TRIES = 3;

/** Callbacks about the worker. */
export interface WorkerListener {
  result(id: number, result: WorkerResult): void;
  /** An exchange is kept no longer; it passes on. */
  dropped(id: number, why: string): void;
  trouble(message: string, fix?: string): void;
}

/**
 * The recorder's end of a recording: hands the worker each read when it comes, keeps it until the exchange is written, and
 * hands all of that to another worker if the first one ends.
 */
export class WorkerClient {
  readonly #recording = ++recordings;
  readonly #start: WorkerStart;
  readonly #listener: WorkerListener;
  readonly #collector = new Collector();
  readonly #keeper = new ExchangeKeeper({
    dropped: (kept, why) => {
      this.#listener.dropped(kept.id, why);
      this.drop(kept.id);
    },
    forgotten: ({ size }) => this.#collector.freed(size),
  });
  /** Secrets that the worker has learnt, for another one that takes over. */
  readonly #learnt: string[] = [];
  readonly #pseudonyms: { given: GivenPseudonym[]; renamed: (readonly [string, string])[] } = {
    given: [],
    renamed: [],
  };
  #link: WorkerLink | undefined;
  #ready = false;
  #lostWorkers = 0;
  #started: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #closing: ((end: WorkerEnd) => void) | undefined;
  #gone = false;
  /** The end of a recording that no worker finished. */
  #failed: WorkerEnd | undefined;

  /** Starts a recording. @throws RecordError */
  static async start(options: WorkerOptions, listener: WorkerListener): Promise<WorkerClient> {
    const client = new WorkerClient(options, listener);
    await new Promise<void>((resolve, reject) => {
      client.#started = { resolve, reject };
      client.#connect(false);
    });
    return client;
  }

  private constructor(options: WorkerOptions, listener: WorkerListener) {
    this.#start = { options, recorder: ownProcess(), resume: false, known: this.#pseudonyms };
    this.#listener = listener;
  }

  /** Begins an exchange. @param head of the request */
  open(id: number, head: Uint8Array): void {
    if (this.#gone) return;
    this.#keeper.open(id);
    this.request(id, head);
  }

  /** Takes bytes of a request's body. */
  request(id: number, bytes: Uint8Array): void {
    const kept = this.#keeper.get(id);
    if (kept === undefined) return;
    kept.addRequest(bytes);
    if (this.#ready) this.#link?.send("request", this.#recording, id, [bytes]);
    this.#keeper.added(kept, bytes.length);
  }

  /** Takes bytes of an answer. */
  read(id: number, at: number, bytes: Uint8Array): void {
    this.#collector.passed(bytes.length);
    const kept = this.#keeper.get(id);
    if (kept === undefined) return;
    kept.addRead(at, bytes);
    if (this.#ready) this.#sendRead(id, at, bytes);
    this.#keeper.added(kept, bytes.length);
  }

  /** Settled when the system has all that was read: it reaches the worker even if the recorder is killed. */
  taken(id: number): Promise<void> | undefined {
    const kept = this.#keeper.get(id);
    if (kept === undefined) return undefined;
    return new Promise((resolve) => {
      kept.waiting.push(resolve);
      if (this.#ready) this.#link?.flushed(() => release(kept));
    });
  }

  /** Ends an exchange that is to be recorded. Settled when its end may be shown; `undefined` if it is not kept any more. */
  finish(id: number, mark: EndMark): Promise<void> | undefined {
    const kept = this.#keeper.get(id);
    if (kept === undefined || this.#gone) return undefined;
    this.#keeper.finished(kept, mark);
    if (this.#ready) this.#sendEnd(id, mark);
    return this.taken(id)?.then(() => this.#keeper.room());
  }

  /** Forgets an exchange that is not to be recorded. */
  drop(id: number): void {
    const kept = this.#keeper.get(id);
    if (kept === undefined) return;
    this.#keeper.forget(kept);
    this.#link?.forget(this.#recording, id);
    if (this.#ready) this.#link?.send("drop", this.#recording, id);
  }

  /** Notes that the server closed the connection after an answer. */
  closed(id: number): void {
    const kept = this.#keeper.get(id);
    if (kept !== undefined) kept.closed = true;
    if (this.#ready) this.#link?.send("closed", this.#recording, id);
  }

  /** Settled when all that is finished has been worked on. */
  idle(): Promise<void> {
    return this.#keeper.idle();
  }

  /** Waits for pending exchanges and writes the cassettes. */
  close(): Promise<WorkerEnd> {
    if (this.#failed !== undefined) return Promise.resolve(this.#failed);
    return new Promise((resolve) => {
      this.#closing = resolve;
      if (this.#ready) this.#link?.send("close", this.#recording, 0);
    });
  }

  #sendRead(id: number, at: number, bytes: Uint8Array): void {
    const time = Buffer.alloc(8);
    time.writeDoubleLE(at);
    this.#link?.send("read", this.#recording, id, [time, bytes]);
  }

  #sendEnd(id: number, mark: EndMark): void {
    this.#link?.send("end", this.#recording, id, [Buffer.from(JSON.stringify(mark))]);
  }

  #sendAgain(kept: PendingExchange): void {
    const { id, requests, reads, mark } = kept;
    for (const bytes of requests) this.#link?.send("request", this.#recording, id, [bytes]);
    for (const [at, bytes] of reads) this.#sendRead(id, at, bytes);
    if (mark !== undefined) this.#sendEnd(id, mark);
    if (kept.closed) this.#link?.send("closed", this.#recording, id);
    this.#link?.flushed(() => release(kept));
  }

  #connect(resume: boolean): void {
    this.#link = WorkerLink.current();
    this.#link.join(this.#recording, {
      heard: (message) => this.#hear(message),
      lost: (why) => this.#lost(why),
    });
    const options = { ...this.#start.options, secrets: [...this.#start.options.secrets, ...this.#learnt] };
    const start: WorkerStart = { ...this.#start, options, resume };
    this.#link.send("start", this.#recording, 0, [Buffer.from(JSON.stringify(start))]);
  }

  #hear(message: FromWorker): void {
    if ("ready" in message) this.#begin();
    else if ("refused" in message) this.#refused(refusalError(message.refused));
    else if ("id" in message) this.#took(message);
    else {
      this.#gone = true;
      this.#link?.leave(this.#recording);
      for (const kept of this.#keeper.all()) this.#keeper.forget(kept);
      this.#closing?.(message.end);
    }
  }

  /** The worker is ready: it gets what is kept, which is nothing for the first one. */
  #begin(): void {
    this.#ready = true;
    // In the order in which the first one had them: the same secrets get the same pseudonyms.
    for (const kept of this.#keeper.inOrder()) this.#sendAgain(kept);
    if (this.#closing !== undefined) this.#link?.send("close", this.#recording, 0);
    this.#started?.resolve();
    this.#started = undefined;
  }

  #refused(error: Error): void {
    this.#link?.leave(this.#recording);
    if (this.#started !== undefined) this.#started.reject(error);
    else this.#end(error.message);
  }

  #took({ id, result, learnt, pseudonyms, written, notes }: WorkerNews): void {
    this.#learnt.push(...learnt);
    this.#pseudonyms.given.push(...pseudonyms.given);
    this.#pseudonyms.renamed.push(...pseudonyms.renamed);
    this.#lostWorkers = 0;
    const kept = this.#keeper.get(id);
    if (kept !== undefined && !kept.settled) {
      this.#listener.result(id, result);
      this.#keeper.settle(kept);
    }
    for (const note of notes) this.#listener.trouble(note);
    const isSafe = result.outcome !== "recorded" || result.unwritten === undefined;
    for (const safe of isSafe ? [...written, id] : written) {
      const one = this.#keeper.get(safe);
      if (one?.settled === true) this.#keeper.forget(one);
    }
  }

  /** The worker has ended: another one gets what is kept. */
  #lost(why: string): void {
    if (this.#gone) return;
    this.#ready = false;
    if (this.#started !== undefined) {
      this.#started.reject(new Error(`the recording worker did not start: ${why}`));
      return;
    }
    const [first] = this.#keeper.queued();
    if (first !== undefined && ++first.tries === MAX_TRIES) {
      const message = `the recording worker ended over it (${why})`;
      this.#listener.result(first.id, { outcome: "failed", message });
      this.#keeper.forget(first);
    }
    if (++this.#lostWorkers >= MAX_LOST_WORKERS) {
      this.#end(why);
      return;
    }
    this.#listener.trouble(`the recording worker ended (${why}): another one takes over what it had`);
    this.#connect(true);
  }

  /** No worker is left: nothing is recorded any more. */
  #end(reason: string): void {
    this.#gone = true;
    this.#listener.trouble(
      `nothing is recorded any more: ${reason}`,
      "traffic goes on; start the recorder again",
    );
    const lost = this.#keeper.unwritten;
    const queued = this.#keeper.queued();
    for (const { id } of queued) this.#listener.result(id, { outcome: "failed", message: reason });
    for (const kept of this.#keeper.all()) this.#keeper.forget(kept);
    // Those that were queued are counted as not recorded.
    const problems = [{ code: "unexpected", location: {}, reason }];
    this.#failed = { files: [], lost: lost - queued.length, problems };
    this.#closing?.(this.#failed);
  }
}

let recordings = 0;

function refusalError({ code, location, reason, fix }: WorkerRefusal): Error {
  return code === "unexpected" ? new Error(reason) : new RecordError(code, location, reason, fix);
}
