import type { Socket } from "node:net";
import { closingScript, mayHaveBody, staysOpen } from "./closing.ts";
import { pairsOf } from "./headers.ts";
import { type Channel, type Delivery, Playback, type SinkOptions } from "./playback.ts";
import type { Head, Script } from "./script.ts";
import { type WholeAnswer, wholeAnswer } from "./whole-answer.ts";
import { statusLine, writeHead } from "./writer.ts";

/** The client of an answer that goes to the socket itself, without Node's HTTP server. */
export interface SocketClient {
  readonly socket: Socket;
  /** Method and HTTP version of its request. */
  readonly method: string;
  readonly version: string;
  /** True if the connection ends after the answer. */
  readonly closes: boolean;
  /** Takes a function to call when the connection has gone. */
  onGone(gone: () => void): void;
}

/**
 * Sends a script as the answer to one request over its socket. No other answer may be under way on it. An answer that takes
 * no time leaves in one write.
 *
 * @param done called once, when the last byte has left for the network or the connection has gone. `keeps` is false if the
 *   connection is to be closed
 */
export function deliverOverSocket(
  script: Script,
  client: SocketClient,
  { speed }: SinkOptions,
  done: (delivery: Delivery, keeps: boolean) => void,
): void {
  const { socket, method, version, closes } = client;
  const played = closes ? closingScript(script, version) : script;
  const whole = method === "HEAD" ? undefined : wholeAnswer(played, speed === Infinity);
  if (whole !== undefined && socket.writable) {
    sendWhole(whole, client, done);
    return;
  }
  const channel = new SocketChannel(client);
  new Playback(played, channel, speed, (delivery) => done(delivery, channel.keeps)).start();
}

function sendWhole(
  { parts, delivery, keeps }: WholeAnswer,
  client: SocketClient,
  done: (delivery: Delivery, keeps: boolean) => void,
): void {
  const { socket } = client;
  let settled = false;
  const settle = (): void => {
    if (settled) return;
    settled = true;
    done(socket.destroyed ? { ...delivery, ended: "aborted" } : delivery, keeps);
  };
  client.onGone(settle);
  writeTogether(socket, parts, settle);
}

/** Writes in one system call. @param written called when all of it has left */
function writeTogether(socket: Socket, parts: readonly Uint8Array[], written: () => void): void {
  if (parts.length > 1) socket.cork();
  for (let i = 0; i + 1 < parts.length; i++) socket.write(parts[i] as Uint8Array);
  socket.write(parts.at(-1) ?? "", written);
  if (parts.length > 1) socket.uncork();
}

/** The way over the socket itself. */
class SocketChannel implements Channel {
  readonly socket: Socket;
  /** False if the connection is to be closed after the answer. */
  keeps = true;
  readonly #client: SocketClient;
  #over: (whole: boolean) => void = () => {};
  #head: Buffer | undefined;
  #hasBody = true;

  constructor(client: SocketClient) {
    this.#client = client;
    this.socket = client.socket;
  }

  open(over: (whole: boolean) => void): boolean {
    if (!this.socket.writable) return false;
    this.#over = over;
    this.#client.onGone(() => over(false));
    return true;
  }

  head(head: Head, headers: string[], closes: boolean): void {
    const { method } = this.#client;
    this.#hasBody = mayHaveBody(head, method);
    this.keeps = !closes && staysOpen(head, method);
    this.#head = writeHead(statusLine("1.1", head.status, head.reason), pairsOf(headers));
  }

  flushHead(): void {
    if (this.socket.writable) for (const head of this.#takeHead()) this.socket.write(head);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#hasBody) return true;
    const { socket } = this;
    if (!socket.writable) return false; // the end of the connection follows
    const head = this.#takeHead();
    if (head.length === 0) return socket.write(bytes);
    socket.cork();
    for (const first of head) socket.write(first);
    const more = socket.write(bytes);
    socket.uncork();
    return more;
  }

  onDrain(next: () => void): void {
    this.socket.once("drain", next);
  }

  end(last: Uint8Array | undefined): void {
    const { socket } = this;
    if (!socket.writable) return;
    const body = last === undefined || !this.#hasBody ? [] : [last];
    writeTogether(socket, [...this.#takeHead(), ...body], () => this.#over(!socket.destroyed));
  }

  /** The head, if it has not left yet. */
  #takeHead(): readonly Buffer[] {
    const head = this.#head;
    this.#head = undefined;
    return head === undefined ? [] : [head];
  }
}
