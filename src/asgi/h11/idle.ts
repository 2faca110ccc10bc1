import type { Socket } from "node:net";

/**
 * Closes a connection that has been idle for too long. One timer serves many requests: each only notes when its answer was
 * over.
 */
export class IdleLimit {
  readonly #socket: Socket;
  readonly #ms: number;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param ms longest time without a request; 0 for ever */
  constructor(socket: Socket, ms: number) {
    this.#socket = socket;
    this.#ms = ms;
  }

  /** The connection is idle from now on. */
  begin(): void {
    if (this.#ms === 0) return;
    this.#since = performance.now();
    this.#timer ??= this.#wait(this.#ms);
  }

  /** The connection is not idle any more. */
  end(): void {
    this.#since = undefined;
  }

  /** The connection has gone. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined;
      if (this.#since === undefined) return;
      const left = this.#since + this.#ms - performance.now();
      if (left <= 0) this.#socket.destroy();
      else this.#timer = this.#wait(Math.ceil(left));
    }, ms).unref();
  }
}
