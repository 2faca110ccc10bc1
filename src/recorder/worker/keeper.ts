import { type EndMark, KeptExchange } from "./kept.ts";

/** Limit (bytes) of all that is kept because it is not finished or not written. */
const MAX_KEPT = 48 * 1024 * 1024;

/** Limit (bytes) of an exchange. A larger one is not recorded: its work would not fit in memory. */
const MAX_EXCHANGE = 16 * 1024 * 1024;

/** Limits of the work that waits for the worker, beyond which the ends of answers wait for it. */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024;
const MAX_QUEUED = 200;

/** An exchange that is kept, with those who wait for it to be taken. */
export class PendingExchange extends KeptExchange {
  /** Set when the exchange is finished. */
  mark: EndMark | undefined;
  /** Its number among the finished ones. */
  nth: number = Number.POSITIVE_INFINITY;
  /** True if the server closed the connection after it. */
  closed = false;
  /** Called when the system has all that was sent of it. */
  waiting: (() => void)[] = [];
  /** Workers that ended while they worked on it. */
  tries = 0;
  /** True if the worker has worked on it; it is kept on if that did not reach the disk. */
  settled = false;
}

export interface KeeperListener {
  /** An exchange goes beyond a limit. It has to be forgotten. */
  dropped(kept: PendingExchange, why: string): void;
  forgotten?(kept: PendingExchange): void;
}

/** Exchanges that are kept until they are written, within a limit of memory. */
export class ExchangeKeeper {
  readonly #kept = new Map<number, PendingExchange>();
  readonly #listener: KeeperListener;
  #bytes = 0;
  #queued = 0;
  #finished = 0;
  #queuedBytes = 0;
  #changed: (() => void)[] = [];

  constructor(listener: KeeperListener) {
    this.#listener = listener;
  }

  get(id: number): PendingExchange | undefined {
    return this.#kept.get(id);
  }

  all(): PendingExchange[] {
    return [...this.#kept.values()];
  }

  /** The finished ones in the order of their ends, then the others. */
  inOrder(): PendingExchange[] {
    return this.all().toSorted((a, b) => (a.nth < b.nth ? -1 : a.nth > b.nth ? 1 : 0));
  }

  /** The exchanges that are finished and that no worker has worked on. */
  queued(): PendingExchange[] {
    return this.all().filter(({ mark, settled }) => mark !== undefined && !settled);
  }

  /** Number of exchanges that are finished and not on disk. */
  get unwritten(): number {
    return this.all().filter(({ mark }) => mark !== undefined).length;
  }

  open(id: number): void {
    this.#kept.set(id, new PendingExchange(id));
  }

  /** Counts bytes that were added to an exchange, and drops one that is too large, or the largest that is unfinished. */
  added(kept: PendingExchange, bytes: number): void {
    this.#bytes += bytes;
    if (kept.size > MAX_EXCHANGE)
      this.#listener.dropped(kept, `it is larger than ${mebibytes(MAX_EXCHANGE)}`);
    // Those that can't be written are in the memory of the worker as well.
    if (this.#bytes > MAX_KEPT) for (const one of this.all()) if (one.settled) this.forget(one);
    while (this.#bytes > MAX_KEPT) {
      const open = this.all().filter(({ mark }) => mark === undefined);
      if (open.length === 0) return;
      const largest = open.reduce((one, other) => (other.size > one.size ? other : one));
      this.#listener.dropped(
        largest,
        `it is the largest of those under way, which together are over ${mebibytes(MAX_KEPT)}`,
      );
    }
  }

  finished(kept: PendingExchange, mark: EndMark): void {
    kept.mark = mark;
    kept.nth = ++this.#finished;
    this.#queued++;
    this.#queuedBytes += kept.size;
  }

  /** The worker has worked on an exchange, or none will. */
  settle(kept: PendingExchange): void {
    if (kept.mark === undefined || kept.settled) return;
    kept.settled = true;
    this.#queued--;
    this.#queuedBytes -= kept.size;
    for (const check of this.#changed.splice(0)) check();
  }

  forget(kept: PendingExchange): void {
    if (!this.#kept.delete(kept.id)) return;
    this.settle(kept);
    this.#bytes -= kept.size;
    this.#listener.forgotten?.(kept);
    release(kept);
  }

  /** Settled when the worker is not far behind. */
  async room(): Promise<void> {
    while (this.#queued > MAX_QUEUED || this.#queuedBytes > MAX_QUEUED_BYTES) await this.#change();
  }

  /** Settled when all that is finished has been worked on. */
  async idle(): Promise<void> {
    while (this.#queued > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#changed.push(resolve));
  }
}

/** Lets those go on who wait for an exchange. */
export function release(kept: PendingExchange): void {
  for (const settle of kept.waiting.splice(0)) settle();
}

function mebibytes(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`;
}
