import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Channel, type Delivery, Playback, type SinkOptions } from "./playback.ts";
import type { Head, Script } from "./script.ts";

/**
 * Sends a script as the answer to one request of a Node server. Each write of a chunked response is one HTTP chunk. The
 * response must be the one its connection is waiting for (no earlier one under way).
 *
 * @param done called once, when the exchange is over and the connection is free or gone
 */
export function deliver(
  script: Script,
  response: ServerResponse,
  options: SinkOptions,
  done: (delivery: Delivery) => void,
): void {
  new Playback(script, new ResponseChannel(response), options.speed, done).start();
}

/** The way through a response of Node. */
class ResponseChannel implements Channel {
  readonly socket: Socket | null;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.socket = response.socket;
  }

  open(over: (whole: boolean) => void): boolean {
    const response = this.#response;
    if (response.destroyed || this.socket === null) return false;
    response.on("error", ignore); // 'close' follows, and says all there is to know
    // Also after a finished response: by then its connection waits for the next one.
    response.on("close", () => over(response.writableFinished));
    return true;
  }

  head(head: Head, headers: string[], closes: boolean): void {
    if (closes) this.#response.shouldKeepAlive = false;
    beginResponse(this.#response, head, headers);
  }

  /** Node's `flushHeaders` would send the head as UTF-8. */
  flushHead(): void {
    this.#response.write(NOTHING);
  }

  write(bytes: Uint8Array): boolean {
    return this.#response.write(bytes);
  }

  onDrain(next: () => void): void {
    this.#response.once("drain", next);
  }

  end(last: Uint8Array | undefined): void {
    if (last) this.#response.end(last);
    else this.#response.end();
  }
}

/**
 * Writes a head through Node: these headers and no others. The bytes of the body that follow have their chunk sizes: one
 * buffer for Node to send instead of four for each chunk.
 */
export function beginResponse(response: ServerResponse, head: Head, headers: string[]): void {
  response.sendDate = false;
  // Node would add what it finds missing, but what a script does not say is not sent.
  response.removeHeader("connection");
  if (head.framing === "eof" || head.framing === "none") response.removeHeader("transfer-encoding");
  response.writeHead(head.status, head.reason, headers);
  response.chunkedEncoding = false;
}

const NOTHING = new Uint8Array(0);
const ignore = (): void => {};
