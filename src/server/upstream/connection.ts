import type { Socket } from "node:net";
import { type UpstreamRoute, connectUpstream } from "./socket.ts";

/** End of the upstream's side of a connection. */
export type Lost = "closed" | "reset" | "unreachable";

/** Reader of a connection: the exchange under way, if there is one. */
export interface UpstreamReader {
  ready(): void;
  read(bytes: Buffer): void;
  drain(): void;
  lost(how: Lost, error?: Error): void;
}

/** The connection to the upstream that belongs to one connection of a client: either ends with the other. */
export class UpstreamConnection {
  readonly #client: Socket;
  readonly #giveUp: () => void;
  #socket: Socket | undefined;
  #reader: UpstreamReader | undefined;
  /** Bytes that were written before the connection was made. */
  #waiting: Uint8Array[] = [];
  #lost: Lost | undefined;
  /** Called when an idle connection is closed by the upstream. */
  onIdleClose: (() => void) | undefined;
  exchanges = 0;

  constructor(route: UpstreamRoute, client: Socket) {
    this.#client = client;
    this.#giveUp = connectUpstream(route, {
      connected: (socket) => this.#connected(socket),
      failed: (error) => this.#close("unreachable", error),
    });
    client.once("close", () => this.destroy(false));
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  /** Gives the connection to an exchange. False if it is not there any more. */
  take(reader: UpstreamReader): boolean {
    if (this.#lost !== undefined) return false;
    this.#reader = reader;
    this.exchanges++;
    return true;
  }

  /** The exchange is over: the connection is idle. */
  release(): void {
    this.#reader = undefined;
    this.#socket?.resume();
  }

  /** False if the upstream reads too slowly for more: `drain` follows. */
  write(bytes: Uint8Array): boolean {
    if (this.#socket === undefined) {
      this.#waiting.push(bytes);
      return false;
    }
    return this.#socket.write(bytes);
  }

  cork(): void {
    this.#socket?.cork();
  }

  uncork(): void {
    this.#socket?.uncork();
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  /** Goes away, as the client did. */
  destroy(reset: boolean): void {
    this.#lost ??= "closed";
    this.#reader = undefined;
    const socket = this.#socket;
    if (socket === undefined) this.#giveUp();
    else if (reset && !("encrypted" in socket)) socket.resetAndDestroy();
    else socket.destroy();
  }

  #connected(socket: Socket): void {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      if (this.#reader === undefined) this.destroy(false); // no request
      else this.#reader.read(bytes);
    });
    socket.on("drain", () => this.#reader?.drain());
    socket.on("end", () => this.#close("closed"));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      this.#close(error.code === "ECONNRESET" || error.code === "EPIPE" ? "reset" : "closed", error),
    );
    socket.on("close", () => this.#close("closed"));
    for (const bytes of this.#waiting) socket.write(bytes);
    this.#waiting = [];
    this.#reader?.ready();
    this.#reader?.drain();
  }

  #close(how: Lost, error?: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = how;
    const reader = this.#reader;
    this.#reader = undefined;
    this.#socket?.destroySoon();
    if (reader !== undefined) reader.lost(how, error);
    else {
      this.onIdleClose?.();
      if (how === "reset") this.#client.resetAndDestroy();
      else this.#client.destroySoon();
    }
  }
}
