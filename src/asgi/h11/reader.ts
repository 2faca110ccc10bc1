import type { Socket } from "node:net";
import { H11ChunkError, H11Chunks } from "./chunks.ts";
import { type H11Head, blankLineEnd, readH11Head } from "./head.ts";
import { IdleLimit } from "./idle.ts";
import { FIRST_REFUSAL, LATER_REFUSAL, bodyRefusal } from "./refusal.ts";
import { H11Request } from "./request.ts";
import { plainHeadLength, readPlainHead } from "./scan.ts";

export interface H11Options {
  /**
   * True if the answer to a request needs its body. Only then uvicorn sends `100 Continue` to a client that waits for it,
   * and the answer waits for the body.
   */
  readonly wantsBody: (method: string, path: string) => boolean;
  /** Longest time (ms) that a connection is kept without a request, after an answer; 0 for ever. */
  readonly keepAliveMs: number;
  /** Answers a request. Its body is taken at once, or dropped. */
  readonly answer: (request: H11Request) => void;
}

/** Length (bytes) of the longest head. h11's own bound of 16 KiB holds only for heads that do not come in one read. */
const MAX_HEAD = 1 << 20;
/** Length (bytes) of the longest head that is remembered: a client mostly sends the same one again. */
const MAX_REMEMBERED = 4096;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** The part of a request to which the next byte of a connection belongs; `over` after the last request. */
type ReadState = "head" | "length" | "chunked" | "over";

/**
 * Reads the requests of a connection as uvicorn does, whose parser, h11, accepts other bytes than Node's. One request is
 * answered at a time: like h11, the reader reads a request only when the request before has been answered, and until then
 * leaves the bytes of further ones to the system. A request that h11 refuses gets h11's answer.
 */
export class H11Connection {
  readonly #socket: Socket;
  readonly #options: H11Options;
  readonly #idle: IdleLimit;
  #readState: ReadState = "head";
  /** Bytes of a body of known length that are still to come. */
  #left = 0;
  #chunks: H11Chunks | undefined;
  /** The answer to malformed chunks. */
  #chunkRefusal: Uint8Array = FIRST_REFUSAL;
  /** Number of bytes that had been sent when the request began whose chunks are read. */
  #sentBefore = 0;
  /** True while bytes are read that came before the answer, after which the idle time began. */
  #readsHeld = false;
  /** An incomplete head: the first `#begun` bytes of the buffer. */
  #buffer: Buffer = NOTHING;
  #begun = 0;
  /** The last plain head, as bytes and as read. */
  #lastBytes: Buffer = NOTHING;
  #lastHead: H11Head | undefined;
  /** Bytes of the next request, until the request before has been answered. */
  #held: Buffer | undefined;
  /** The request that is being answered. */
  #request: H11Request | undefined;
  /** True after the first request. */
  #hadRequest = false;
  readonly #onAnswered = (keeps: boolean): void => this.#answered(keeps);

  private constructor(socket: Socket, options: H11Options) {
    this.#socket = socket;
    this.#options = options;
    this.#idle = new IdleLimit(socket, options.keepAliveMs);
  }

  /** Reads a connection from now on. @param socket must allow half-open connections */
  static read(socket: Socket, options: H11Options): void {
    new H11Connection(socket, options).#listen();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    // A client that ends its side is gone, to uvicorn too: all that has been written leaves, and nothing more.
    socket.on("end", () => socket.end());
    socket.on("error", ignore); // 'close' follows
    socket.on("close", () => {
      this.#idle.stop();
      this.#readState = "over";
      this.#request?.lose();
    });
  }

  #read(bytes: Buffer): void {
    if (this.#held !== undefined) {
      this.#held = Buffer.concat([this.#held, bytes]);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const rest = at === 0 ? bytes : bytes.subarray(at);
      switch (this.#readState) {
        case "head":
          if (this.#request !== undefined) {
            this.#held = rest;
            this.#socket.pause();
            return;
          }
          at += (this.#begun === 0 && this.#plain(rest)) || this.#any(rest);
          break;
        case "length":
          at += this.#body(rest);
          break;
        case "chunked":
          at += this.#chunk(rest);
          break;
        case "over":
          return;
      }
    }
  }

  #answered(keeps: boolean): void {
    const closes = this.#request?.closes === true;
    this.#request = undefined;
    const socket = this.#socket;
    if (!keeps || closes) {
      this.#readState = "over";
      socket.destroySoon();
      return;
    }
    if (!socket.writable) return;
    this.#idle.begin();
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      this.#readsHeld = true;
      this.#read(held);
      this.#readsHeld = false;
    }
    if (this.#held === undefined && socket.isPaused()) socket.resume();
  }

  /** Reads the request that begins here, if its head is plain. @returns the number of bytes taken */
  #plain(bytes: Buffer): number {
    const last = this.#lastBytes;
    let head = this.#lastHead;
    let size = last.length;
    if (head === undefined || bytes.length < size || last.compare(bytes, 0, size) !== 0) {
      size = plainHeadLength(bytes);
      if (size === -1) return 0;
      head = readPlainHead(bytes, size);
      if (size <= MAX_REMEMBERED) {
        this.#lastBytes = Buffer.from(bytes.subarray(0, size));
        this.#lastHead = head;
      }
    }
    const length = head.body as number;
    const end = size + length;
    if (end > bytes.length) {
      this.#left = end - bytes.length;
      this.#readState = "length";
      const request = this.#begin(head, undefined);
      if (size < bytes.length) request.take(bytes.subarray(size));
      return bytes.length;
    }
    this.#begin(head, length === 0 ? NOTHING : bytes.subarray(size, end));
    return end;
  }

  /** Collects any head, and reads it when it is complete. @returns the number of bytes taken */
  #any(bytes: Buffer): number {
    const before = this.#begun;
    this.#collect(bytes);
    const text = this.#buffer.subarray(0, this.#begun);
    const end = blankLineEnd(text, before);
    // h11 does not wait for the rest of a line that begins with a control character.
    if ((text[0] as number) <= BLANK || (end === 0 && text.length > MAX_HEAD)) return this.#refuse(bytes);
    if (end === 0) {
      if (!this.#readsHeld) this.#idle.end(); // a head has begun: the connection is not idle
      return bytes.length;
    }
    const head = readH11Head(text.subarray(0, end));
    this.#buffer = NOTHING;
    this.#begun = 0;
    if (head === undefined) return this.#refuse(bytes);
    const size = end - before;
    return size + this.#beginAny(head, bytes.subarray(size));
  }

  #collect(bytes: Buffer): void {
    const size = this.#begun + bytes.length;
    if (this.#begun === 0) this.#buffer = bytes;
    else {
      if (this.#buffer.length < size) {
        const larger = Buffer.allocUnsafe(Math.max(MIN_BUFFER, 2 * size));
        this.#buffer.copy(larger, 0, 0, this.#begun);
        this.#buffer = larger;
      }
      bytes.copy(this.#buffer, this.#begun);
    }
    this.#begun = size;
  }

  /** Begins a request with its answer. */
  #begin(head: H11Head, whole: Buffer | undefined): H11Request {
    const request = new H11Request(head, this.#socket, whole, this.#onAnswered);
    this.#request = request;
    this.#hadRequest = true;
    this.#idle.end();
    this.#options.answer(request);
    return request;
  }

  /**
   * Begins a request of any form with the first bytes of its chunked body. Malformed chunks among these get h11's refusal
   * as the answer.
   *
   * @returns the number of bytes of the body that were taken
   */
  #beginAny(head: H11Head, rest: Buffer): number {
    const parts: Buffer[] = [];
    let taken = 0;
    if (head.body === "chunked") {
      this.#chunks = new H11Chunks();
      this.#chunkRefusal = bodyRefusal(head);
      this.#readState = "chunked";
      try {
        taken = this.#chunks.push(rest, (part) => parts.push(part));
      } catch (error) {
        if (!(error instanceof H11ChunkError)) throw error;
        return this.#refuse(rest, this.#chunkRefusal);
      }
    } else {
      this.#left = head.body;
      this.#readState = "length";
    }
    const [path = ""] = head.target.split("?", 1);
    const skips = head.expectsContinue && !this.#options.wantsBody(head.method, path);
    if (head.expectsContinue && !skips && this.#socket.writable) this.#socket.write(CONTINUE);
    this.#sentBefore = this.#socket.bytesWritten;
    const ended = head.body === 0 || this.#chunks?.done === true;
    if (ended) this.#endBody(head.closes);
    const request = this.#begin(head, skips || (ended && parts.length === 0) ? NOTHING : undefined);
    for (const part of parts) request.take(part);
    if (ended) request.endBody();
    return taken;
  }

  #body(bytes: Buffer): number {
    const size = Math.min(this.#left, bytes.length);
    this.#left -= size;
    const ended = this.#left === 0;
    const request = this.#openRequest();
    if (ended) this.#endBody(request?.closes === true);
    request?.take(size === bytes.length ? bytes : bytes.subarray(0, size));
    if (ended) request?.endBody();
    return size;
  }

  #chunk(bytes: Buffer): number {
    const chunks = this.#chunks as H11Chunks;
    const request = this.#openRequest();
    try {
      const size = chunks.push(bytes, (part) => request?.take(part));
      if (chunks.done) {
        this.#endBody(request?.closes === true);
        request?.endBody();
      }
      return size;
    } catch (error) {
      if (!(error instanceof H11ChunkError)) throw error;
      // After the start of another answer it is too late for h11's refusal: uvicorn drops the connection.
      if (request === undefined || this.#socket.bytesWritten > this.#sentBefore) this.#socket.destroy();
      return this.#refuse(bytes, this.#chunkRefusal);
    }
  }

  /** The request to which bytes of a body belong; `undefined` if it has been answered, and the rest of its body is dropped. */
  #openRequest(): H11Request | undefined {
    if (this.#request === undefined) this.#idle.begin();
    return this.#request;
  }

  /** @param closes true if this is the last request of the connection: bytes after it are not read */
  #endBody(closes: boolean): void {
    this.#chunks = undefined;
    this.#readState = closes ? "over" : "head";
  }

  /** Answers as h11 does to bytes that it refuses, and closes. @returns the number of bytes taken: all */
  #refuse(bytes: Buffer, refusal = this.#hadRequest ? LATER_REFUSAL : FIRST_REFUSAL): number {
    this.#readState = "over";
    if (this.#socket.writable) this.#socket.write(refusal);
    this.#socket.destroySoon();
    return bytes.length;
  }
}

const NOTHING = Buffer.alloc(0);
const BLANK = 0x20;
const MIN_BUFFER = 1024;
const ignore = (): void => {};
