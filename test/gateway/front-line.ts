import { once } from "node:events";
import * as net from "node:net";
import type { Listener } from "../../src/gateway/index.ts";

const lines = new Set<Line>();

/** Closes what a test has left open. */
export function closeLines(): void {
  for (const { socket } of lines) socket.destroy();
  lines.clear();
}

/** A connection and all that came over it, with the date left out. */
export class Line {
  ended = false;
  #bytes = "";
  readonly socket: net.Socket;
  constructor({ port }: Listener) {
    this.socket = net.connect({ host: "127.0.0.1", noDelay: true, port });
    this.socket.setMaxListeners(0);
    lines.add(this);
    this.socket.on("data", (bytes: Buffer) => (this.#bytes += bytes.toString("latin1")));
    this.socket.on("error", () => {});
    this.socket.on("close", () => (this.ended = true));
  }
  get text(): string {
    return undated(this.#bytes);
  }
  send(text: string): this {
    this.socket.write(Buffer.from(text, "latin1"));
    return this;
  }
  async has(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      if (this.ended) throw new Error(`ended without ${part}: ${this.text}`);
      await Promise.race([once(this.socket, "data"), once(this.socket, "close")]);
    }
    return this.text;
  }
  async end(): Promise<string> {
    if (!this.ended) await once(this.socket, "close").catch(() => {});
    return this.text;
  }
}

export const undated = (text: string): string => text.replaceAll(/^date: .*\r$/gm, "date: *\r");

export const FIRST_400 =
  "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\nInvalid HTTP request received.";
/** After other requests h11 chunks it (seen on uvicorn 0.41.0 with h11 0.16.0: `test/live/h11`). */
export const LATER_400 =
  "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\nInvalid HTTP request received.\r\n0\r\n\r\n";
