import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { beginResponse } from "./node-sink.ts";
import type { Delivery } from "./playback.ts";
import type { Head, Informational } from "./script.ts";
import { statusLine, writeHead } from "./writer.ts";

/** Callbacks about the downstream client. */
export interface LiveReader {
  /** The reader has caught up: more may be written. */
  drain(): void;
  /** The reader went away before the end. */
  gone(how: "closed" | "reset"): void;
}

/** End of an answer that comes over time. It has no `stall`: such an answer stalls while nothing comes. */
export type LiveEnd = "complete" | "close" | "reset" | "truncate";

/**
 * Sends an answer that is not known beforehand, as it comes: the counterpart of `deliver` for a live server. The bytes
 * of the body are given with their framing (chunk sizes and all) and leave as they are.
 */
export class LiveSink {
  readonly #response: ServerResponse;
  readonly #socket: Socket | null;
  readonly #reader: LiveReader;
  readonly #done: (delivery: Delivery) => void;
  readonly #startedAt = performance.now();
  readonly #at: number[] = [];
  /** True for an answer that Node can't write (a 1.0 status line, a header it refuses): it goes to the socket itself, which then closes. */
  #raw = false;
  #headSent = false;
  #ended: LiveEnd | undefined;
  #settled = false;
  #draining = false;
  #bytes = 0;

  /**
   * The response must be the one its connection is waiting for.
   *
   * @param done called once, when the exchange is over and the connection is free or gone
   */
  constructor(response: ServerResponse, reader: LiveReader, done: (delivery: Delivery) => void) {
    this.#response = response;
    this.#socket = response.socket;
    this.#reader = reader;
    this.#done = done;
    response.on("error", ignore); // 'close' follows
    response.on("close", () => this.#closed());
    if (this.#socket === null || response.destroyed) queueMicrotask(() => this.#closed());
  }

  get socket(): Socket | null {
    return this.#socket;
  }

  /** Sends an interim (1xx) head. */
  inform({ status, reason = "", headers }: Informational): void {
    this.#socket?.write(writeHead(statusLine("1.1", status, reason), headers));
  }

  /** Sends the head, at once; a body that comes within the same turn shares its segment. */
  head(head: Head): void {
    const socket = this.#socket;
    socket?.cork();
    process.nextTick(() => socket?.uncork());
    this.#headSent = true;
    if (head.http === "1.1") {
      const flat = head.headers.flatMap(([name, value]) => [name, value ?? ""]);
      try {
        beginResponse(this.#response, head, flat);
        // Not `flushHeaders`, which sends the head as UTF-8.
        this.#response.write(NOTHING);
        return;
      } catch {
        // a character in a header that Node does not write
      }
    }
    this.#raw = true;
    socket?.write(writeHead(statusLine(head.http, head.status, head.reason), head.headers));
  }

  /** Sends bytes of the body with their framing. False if the reader is too slow for more: `drain` follows. */
  write(bytes: Uint8Array): boolean {
    if (this.#settled || bytes.length === 0) return true;
    this.#at.push(performance.now() - this.#startedAt);
    this.#bytes += bytes.length;
    const out = this.#raw ? this.#socket : this.#response;
    const more = out?.write(bytes) ?? true;
    if (!more && !this.#draining) {
      this.#draining = true;
      out?.once("drain", () => {
        this.#draining = false;
        this.#reader.drain();
      });
    }
    return more;
  }

  /** Ends the answer. What ends the message by its framing has been written. */
  end(how: LiveEnd): void {
    if (this.#settled || this.#ended !== undefined) return;
    this.#ended = how;
    const socket = this.#socket;
    if (how === "reset" || how === "truncate" || !this.#headSent) {
      // All that was written leaves first.
      socket?.write("", () => (how === "reset" ? socket.resetAndDestroy() : socket.destroySoon()));
      return;
    }
    if (this.#raw) {
      socket?.destroySoon();
      return;
    }
    if (how === "close") this.#response.once("finish", () => socket?.destroySoon());
    this.#response.end();
  }

  #closed(): void {
    if (this.#settled) return;
    this.#settled = true;
    const cut = this.#ended === "reset" || this.#ended === "truncate";
    const whole =
      this.#ended !== undefined && (cut || this.#raw || !this.#headSent || this.#response.writableFinished);
    const ended = whole ? (this.#ended as LiveEnd) : "aborted";
    if (ended === "aborted") {
      const reset = (this.#socket?.errored as NodeJS.ErrnoException | null)?.code === "ECONNRESET";
      this.#reader.gone(reset ? "reset" : "closed");
    }
    this.#done({ ended, writes: this.#at.length, bytes: this.#bytes, at: this.#at });
  }
}

const NOTHING = new Uint8Array(0);
const ignore = (): void => {};
