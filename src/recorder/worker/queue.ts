import type { ToThread } from "./messages.ts";

/** Limit (bytes) of the jobs that the thread has. A larger one is handed to it when it has no other. */
const MAX_HANDED = 2 * 1024 * 1024;

/** A message that is made when it is handed on. */
export interface QueuedMessage {
  readonly recording: number;
  /** Id and size (bytes) of a job. The thread reports its result. */
  readonly job?: { readonly id: number; readonly size: number };
  make(): { readonly message: ToThread; readonly buffers?: readonly ArrayBuffer[] };
}

/**
 * Messages to the thread, in order. Jobs wait here rather than with the thread: made into one, the parts of an exchange take their
 * memory twice for a moment, and several large ones may end at once.
 */
export class ThreadQueue {
  readonly #post: (message: ToThread, buffers: readonly ArrayBuffer[]) => void;
  readonly #waiting: QueuedMessage[] = [];
  /** Sizes of the jobs that the thread has, by recording and id. */
  readonly #handed = new Map<number, Map<number, number>>();
  #bytes = 0;

  constructor(post: (message: ToThread, buffers: readonly ArrayBuffer[]) => void) {
    this.#post = post;
  }

  add(message: QueuedMessage): void {
    this.#waiting.push(message);
    this.#handOn();
  }

  /** The thread has worked on a job. */
  done(recording: number, id: number): void {
    const jobs = this.#handed.get(recording);
    this.#bytes -= jobs?.get(id) ?? 0;
    jobs?.delete(id);
    this.#handOn();
  }

  /** The thread has ended a recording, with whatever it had of it. */
  ended(recording: number): void {
    for (const size of this.#handed.get(recording)?.values() ?? []) this.#bytes -= size;
    this.#handed.delete(recording);
    this.#handOn();
  }

  #handOn(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { recording, job } = next;
      if (job !== undefined && this.#bytes > 0 && this.#bytes + job.size > MAX_HANDED) return;
      this.#waiting.shift();
      if (job !== undefined) {
        const jobs = this.#handed.get(recording) ?? new Map<number, number>();
        this.#handed.set(recording, jobs.set(job.id, job.size));
        this.#bytes += job.size;
      }
      const { message, buffers = [] } = next.make();
      this.#post(message, buffers);
    }
  }
}
