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
   * Whether the answer to a request needs its body: only then OGL's server says `100 Continue` to a client that waits
   * for it, and the answer waits for the body.
   */
  readonly wantsBody: (method: string, path: string) => boolean;
  /** What answers the requests. */
  readonly answer: (incoming: IncomingMessage, response: ServerResponse) => void;
}

/** Longer heads are refused. h11's own bound of 16 KiB holds only for heads that do not come in one read. */
const MAX_HEAD = 1 << 20;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** Where in the stream of requests the next byte of a connection is. */
type ReadState = "head" | "length" | "chunked" | "over";

/**
 * Stands between a connection and Node's HTTP server and reads every request as OGL's server does, whose parser, h11,
 * takes other bytes for requests than Node's. Bytes of plain requests pass as they came. The head of any other request
 * that h11 takes is replaced by a plain one, and the request that Node makes of it gets its own line and headers back.
 * What h11 refuses gets h11's answer, after those to the requests before it: like h11, a front reads the next request
 * when the one before has been answered.
 */
export class H11Reader {
  readonly #socket: Socket;
  /** What Node's server does with bytes of this connection. */
  readonly #toNode: (bytes: Buffer) => void;
  readonly #options: H11ReaderOptions;
  #readState: ReadState = "head";
  /** How much of a body of known length is to come. */
  #left = 0;
  #chunks: H11Chunks | undefined;
  /** What malformed chunks are answered. */
  #chunkRefusal: Uint8Array = FIRST_REFUSAL;
  /** Nobody waits for this body. */
  #skipsBody = false;
  /** The connection is over after this request. */
  #closes = false;
  /** The bytes being read came before the answer, which began the time to be idle. */
  #readsHeld = false;
  /** A head that has begun: `#begun` bytes of the buffer. */
  #buffer: Buffer = NOTHING;
  #begun = 0;
  /** The next request, until the one before has been answered. */
  #held: Buffer | undefined;
  /** The head that Node is being given in other words. */
  #head: H11Head | undefined;
  /** The answer to the last request. */
  #response: ServerResponse | undefined;
  /** False while a request is being answered. */
  #nodeReads = false;

  /** @returns nothing if the connection isn't one that a Node HTTP server reads */
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

  /** Takes each request that Node makes of this connection's bytes. */
  onRequest(incoming: IncomingMessage, response: ServerResponse): void {
    this.#response = response;
    if (this.#head !== undefined) this.#giveBack(this.#head, incoming, response);
    this.#nodeReads = false;
    this.#options.answer(incoming, response);
    this.#nodeReads = true;
  }

  /** Tells the request what Node was not told. */
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

  /** Passes on the request that begins here, if it is plain. Gives how many bytes that were. */
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

  /** Collects a head and passes it on in words that Node understands. Gives how many bytes were taken. */
  #any(bytes: Buffer): number {
    const before = this.#begun;
    this.#collect(bytes);
    const text = this.#buffer.subarray(0, this.#begun);
    const end = blankLineEnd(text, before);
    // h11 does not wait for the rest of a line that begins with a control character.
    if ((text[0] as number) <= BLANK || (end === 0 && text.length > MAX_HEAD)) return this.#refuse(bytes);
    if (end === 0) {
      if (!this.#readsHeld) this.#socket.setTimeout(0); // what has come ends the time to be idle
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

  /** Passes on a head, and what has come of a chunked body: if that is malformed, h11 is heard before the answer. */
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
      // Too late for h11's answer where another has begun: there the server drops the connection.
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
    // Of what comes after the last request of a connection nothing is read.
    this.#readState = this.#closes ? "over" : "head";
  }

  /** Answers as h11 does to what it can't read, and closes. */
  #refuse(bytes: Buffer, refusal = this.#response === undefined ? FIRST_REFUSAL : LATER_REFUSAL): number {
    this.#readState = "over";
    if (this.#socket.writable) this.#socket.write(refusal);
    this.#socket.destroySoon();
    return bytes.length;
  }
}

/** Node closes a connection when it comes upon this method after it has read some bytes. */
const NODE_DROPS = "PRI";
const NOTHING = Buffer.alloc(0);
const LAST_CHUNK = writeLastChunk();
const BLANK = 0x20;
const MIN_BUFFER = 1024;
