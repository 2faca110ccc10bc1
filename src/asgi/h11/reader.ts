import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { chunkParts, writeLastChunk } from "../../http/index.ts";
import { H11ChunkError, H11Chunks } from "./chunks.ts";
import { type H11Head, blankLineEnd, joinedHeaders, plainHead, readH11Head } from "./head.ts";
import { FIRST_REFUSAL, LATER_REFUSAL, bodyRefusal } from "./refusal.ts";
import { makeClosing } from "./response.ts";
import { plainRequestLength } from "./scan.ts";

export interface H11ReaderOptions {
  /**
   * True if the answer to a request needs its body. Only then uvicorn sends `100 Continue` to a client that waits for it,
   * and the answer waits for the body.
   */
  readonly wantsBody: (method: string, path: string) => boolean;
  /** Answers a request. */
  readonly answer: (incoming: IncomingMessage, response: ServerResponse) => void;
}

/** Length (bytes) of the longest head. h11's own bound of 16 KiB holds only for heads that do not come in one read. */
const MAX_HEAD = 1 << 20;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** The part of a request to which the next byte of a connection belongs; `over` after the last request. */
type ReadState = "head" | "length" | "chunked" | "over";

/**
 * Reads the requests of a connection as uvicorn does, ahead of Node's HTTP server: uvicorn's parser, h11, accepts other bytes
 * than Node's. Plain requests pass unchanged. The head of any other request that h11 accepts is replaced by a plain head,
 * and the request that Node makes of it gets its own line and headers back. A request that h11 refuses gets h11's answer,
 * after the answers to the requests before it: like h11, the reader reads a request only when the request before has been
 * answered.
 */
export class H11Reader {
  readonly #socket: Socket;
  /** Hands bytes to Node's server, as if the connection had sent them. */
  readonly #toNode: (bytes: Buffer) => void;
  readonly #options: H11ReaderOptions;
  #readState: ReadState = "head";
  /** Bytes of a body of known length that are still to come. */
  #left = 0;
  #chunks: H11Chunks | undefined;
  /** The answer to malformed chunks. */
  #chunkRefusal: Uint8Array = FIRST_REFUSAL;
  /** True if no answer needs this body. */
  #skipsBody = false;
  /** True if the connection ends after this request. */
  #closes = false;
  /** True while bytes are read that came before the answer, after which the idle timeout began. */
  #readsHeld = false;
  /** An incomplete head: the first `#begun` bytes of the buffer. */
  #buffer: Buffer = NOTHING;
  #begun = 0;
  /** Bytes of the next request, until the request before has been answered. */
  #held: Buffer | undefined;
  /** The original head, while Node is given a plain one. */
  #head: H11Head | undefined;
  /** The answer to the last request. */
  #response: ServerResponse | undefined;
  /** False while a request is being answered. */
  #nodeReads = false;

  /**
   * Puts a reader before Node's HTTP server on a connection.
   *
   * @returns `undefined` if no HTTP server of Node reads the connection
   */
  static before(socket: Socket, options: H11ReaderOptions): H11Reader | undefined {
    const [forward] = socket.listeners("data");
    if (forward === undefined) return undefined;
    socket.off("data", forward as (bytes: Buffer) => void);
    const h11 = new H11Reader(socket, options, (bytes) => void forward.call(socket, bytes));
    socket.on("data", (bytes: Buffer) => h11.#read(bytes));
    return h11;
  }

  constructor(socket: Socket, options: H11ReaderOptions, toNode: (bytes: Buffer) => void) {
    this.#socket = socket;
    this.#options = options;
    this.#toNode = toNode;
  }

  /** Answers a request that Node made of this connection's bytes. */
  onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    this.#response = response;
    if (this.#head !== undefined) this.#giveBack(this.#head, incoming, response);
    this.#nodeReads = false;
    this.#options.answer(incoming, response);
    this.#nodeReads = true;
  }

  /** Gives the request its own line and headers, of which Node saw others. */
  #giveBack(head: H11Head, incoming: IncomingMessage, response: ServerResponse): void {
    if (head.method === NODE_DROPS) {
      const method = (): string => (this.#nodeReads ? "GET" : head.method);
      Object.defineProperty(incoming, "method", { get: method, configurable: true });
    } else incoming.method = head.method;
    incoming.url = head.target;
    incoming.rawHeaders = head.headers.flat();
    incoming.headers = joinedHeaders(head.headers);
    incoming.httpVersion = head.version;
    incoming.httpVersionMajor = Number(head.version[0]);
    incoming.httpVersionMinor = Number(head.version[2]);
    if (head.closes) makeClosing(response, head.version);
    if (head.expectsContinue && !this.#skipsBody) this.#socket.write(CONTINUE);
  }

  #feed(bytes: Buffer): void {
    this.#nodeReads = true;
    this.#toNode(bytes);
    this.#nodeReads = false;
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
          if (this.#answers()) {
            this.#hold(rest);
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

  /** True while the answer to the last request is not complete. */
  #answers(): boolean {
    return this.#response !== undefined && !this.#response.writableFinished;
  }

  #hold(bytes: Buffer): void {
    this.#held = bytes;
    this.#socket.pause();
    this.#response?.once("close", () => {
      const held = this.#held as Buffer;
      this.#held = undefined;
      if (!this.#socket.writable) return;
      this.#socket.resume();
      this.#readsHeld = true;
      this.#read(held);
      this.#readsHeld = false;
    });
  }

  /** Passes on the request that begins here, if it is plain. @returns the number of bytes passed on */
  #plain(bytes: Buffer): number {
    const size = plainRequestLength(bytes);
    if (size === -1) return 0;
    if (size < bytes.length) {
      this.#feed(bytes.subarray(0, size));
      return size;
    }
    if (size > bytes.length) {
      this.#left = size - bytes.length;
      this.#readState = "length";
    }
    this.#feed(bytes);
    return bytes.length;
  }

  /** Collects a head and passes on a plain one for Node. @returns the number of bytes taken */
  #any(bytes: Buffer): number {
    const before = this.#begun;
    this.#collect(bytes);
    const text = this.#buffer.subarray(0, this.#begun);
    const end = blankLineEnd(text, before);
    // h11 does not wait for the rest of a line that begins with a control character.
    if ((text[0] as number) <= BLANK || (end === 0 && text.length > MAX_HEAD)) return this.#refuse(bytes);
    if (end === 0) {
      if (!this.#readsHeld) this.#socket.setTimeout(0); // a head has begun: the connection is not idle
      return bytes.length;
    }
    const head = readH11Head(text.subarray(0, end));
    this.#buffer = NOTHING;
    this.#begun = 0;
    if (head === undefined) return this.#refuse(bytes);
    const size = end - before;
    return size + this.#begin(head, bytes.subarray(size));
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

  /**
   * Passes on a head and the first bytes of a chunked body. Malformed chunks among these get h11's refusal as the
   * answer.
   */
  #begin(head: H11Head, rest: Buffer): number {
    const chunks: Buffer[] = [];
    let taken = 0;
    if (head.body === "chunked") {
      this.#chunks = new H11Chunks();
      this.#chunkRefusal = bodyRefusal(head);
      this.#readState = "chunked";
      try {
        taken = this.#chunks.push(rest, (chunk) => chunks.push(chunk));
      } catch (error) {
        if (!(error instanceof H11ChunkError)) throw error;
        return this.#refuse(rest, this.#chunkRefusal);
      }
    } else {
      this.#left = head.body;
      this.#readState = "length";
    }
    const [path = ""] = head.target.split("?", 1);
    this.#skipsBody = head.expectsContinue && !this.#options.wantsBody(head.method, path);
    this.#closes = head.closes;
    this.#head = head;
    this.#feed(plainHead(head, this.#skipsBody));
    this.#head = undefined;
    for (const chunk of chunks) this.#chunkToNode(chunk);
    if (head.body === 0 || this.#chunks?.done) this.#endBody();
    return taken;
  }

  #body(bytes: Buffer): number {
    const size = Math.min(this.#left, bytes.length);
    this.#left -= size;
    if (!this.#skipsBody) this.#feed(size === bytes.length ? bytes : bytes.subarray(0, size));
    if (this.#left === 0) this.#endBody();
    return size;
  }

  #chunk(bytes: Buffer): number {
    const chunks = this.#chunks as H11Chunks;
    try {
      const size = chunks.push(bytes, (chunk) => this.#chunkToNode(chunk));
      if (chunks.done) this.#endBody();
      return size;
    } catch (error) {
      if (!(error instanceof H11ChunkError)) throw error;
      // After the start of another answer it is too late for h11's refusal: uvicorn drops the connection.
      if (this.#response?.headersSent === true) this.#socket.destroy();
      return this.#refuse(bytes, this.#chunkRefusal);
    }
  }

  #chunkToNode(chunk: Buffer): void {
    if (this.#skipsBody) return;
    for (const part of chunkParts(chunk)) this.#feed(part);
  }

  #endBody(): void {
    if (this.#chunks !== undefined && !this.#skipsBody) this.#feed(LAST_CHUNK);
    this.#chunks = undefined;
    this.#skipsBody = false;
    // Bytes after the last request of a connection are not read.
    this.#readState = this.#closes ? "over" : "head";
  }

  /** Answers as h11 does to bytes that it refuses, and closes. @returns the number of bytes taken: all */
  #refuse(bytes: Buffer, refusal = this.#response === undefined ? FIRST_REFUSAL : LATER_REFUSAL): number {
    this.#readState = "over";
    if (this.#socket.writable) this.#socket.write(refusal);
    this.#socket.destroySoon();
    return bytes.length;
  }
}

/** A method at which Node closes the connection if it has read bytes of it before. */
const NODE_DROPS = "PRI";
const NOTHING = Buffer.alloc(0);
const LAST_CHUNK = writeLastChunk();
const BLANK = 0x20;
const MIN_BUFFER = 1024;
