import { once } from "node:events";
import * as net from "node:net";

/** One end of a TCP connection and all text that came over it, as Latin-1. */
export class Line {
  readonly socket: net.Socket;
  /** How the other side ended the connection. */
  ended: "fin" | "reset" | undefined;
  #text = "";

  /** @param to a socket, or the port of a server on loopback */
  constructor(to: net.Socket | number) {
    this.socket = typeof to === "number" ? net.connect({ port: to, host: "127.0.0.1" }) : to;
    this.socket.setNoDelay(true);
    this.socket.setMaxListeners(0); // each wait below leaves its listeners behind
    this.socket.on("data", (bytes: Buffer) => (this.#text += bytes.toString("latin1")));
    this.socket.on("end", () => (this.ended ??= "fin"));
    this.socket.on("error", () => (this.ended ??= "reset"));
  }

  get text(): string {
    return this.#text;
  }

  send(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Sends a request without a body for each of the request lines (`GET /`). */
  ask(...lines: string[]): this {
    return this.send(lines.map((line) => `${line} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  }

  /** Waits until the text has come as often as said. @throws Error if the connection ends before */
  async has(part: string, times = 1): Promise<string> {
    while (this.text.split(part).length <= times) {
      if (this.ended !== undefined || this.socket.closed)
        throw new Error(`ended (${this.ended}) without ${JSON.stringify(part)}: ${this.text}`);
      await Promise.race([once(this.socket, "data"), once(this.socket, "close")]);
    }
    return this.text;
  }

  /** Waits until the connection is closed on both sides. @returns all that came */
  async end(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, "close").catch(() => {});
    return this.text;
  }

  /** Waits until the other side has ended the connection. @returns how */
  async over(): Promise<"fin" | "reset" | undefined> {
    if (this.ended === undefined && !this.socket.destroyed)
      await Promise.race([once(this.socket, "end"), once(this.socket, "close")]).catch(() => {});
    return this.ended;
  }
}
