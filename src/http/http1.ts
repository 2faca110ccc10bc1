import { GatetapeError } from "../util/index.ts";
import { TOKEN_CHAR, trimBlanks } from "./grammar.ts";
import type { Framing, Informational } from "./script.ts";

/** Bytes that are not a well-formed HTTP/1 message; `location.offset` counts the bytes fed so far. */
export class HttpParseError extends GatetapeError<"malformed", { readonly offset: number }> {
  override readonly name = "HttpParseError";
}

/** A read of a body: one HTTP chunk, or one read where the framing has no chunks. `at` is in ms. */
export interface BodyRead {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A parsed HTTP/1 message with what its transport showed. */
export interface RawMessage {
  /** The request's line as method and target, or the response's as status and reason. */
  readonly startLine: string;
  /** The status of a response; 0 for a request. */
  readonly status: number;
  /** The reason phrase of a response, which may be empty; `""` for a request. */
  readonly reason: string;
  readonly http: "1.0" | "1.1";
  readonly headers: readonly (readonly [string, string])[];
  readonly framing: Framing;
  readonly informational: readonly Informational[];
  readonly headAt: number;
  readonly reads: readonly BodyRead[];
  readonly trailers: readonly (readonly [string, string])[];
  /** False if the bytes ended before the message did. */
  readonly complete: boolean;
  /** When the last byte of the message came, in ms. */
  readonly endAt: number;
}

type State = "head" | "length" | "chunk-size" | "chunk-data" | "chunk-end" | "trailers" | "eof" | "done";

const FIELD_NAME = new RegExp(`^(${TOKEN_CHAR}+):`);
const HEAD_LIMIT = 1 << 20;
const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
/** Text of Latin-1 bytes. `TextDecoder("latin1")` is windows-1252 and would change the bytes from 0x80 to 0x9f. */
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const NO_BYTES = new Uint8Array(0);

/** Gets the data of a body as it comes, without its framing. */
export type BodyListener = (data: Uint8Array, at: number) => void;

/**
 * An incremental HTTP/1 parser that keeps what other parsers throw away: order and spelling of the headers, the
 * boundaries of the chunks and when each came. One parser reads one message; `rest` is what follows it.
 */
export class MessageParser {
  readonly #side: "request" | "response";
  readonly #method: string;
  readonly #onBody: BodyListener | undefined;
  #state: State = "head";
  #buffer: Buffer = Buffer.alloc(0);
  #consumed = 0;
  #remaining = 0;
  #chunk: Uint8Array[] = [];
  #startLine = "";
  #status = 0;
  #reason = "";
  #http: "1.0" | "1.1" = "1.1";
  #headers: [string, string][] = [];
  #framing: Framing = "none";
  #informational: Informational[] = [];
  #headAt = 0;
  #reads: BodyRead[] = [];
  #trailers: [string, string][] = [];
  #endAt = 0;
  #headEnd = 0;
  #dataEnd = 0;

  /**
   * @param method the request's method: a response to HEAD has no body whatever its headers say
   * @param onBody gets the data of the body instead of the message, whose reads stay empty: it may be endless
   */
  constructor(side: "request" | "response", method = "GET", onBody?: BodyListener) {
    this.#side = side;
    this.#method = method;
    this.#onBody = onBody;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  get headSeen(): boolean {
    return this.#state !== "head";
  }

  /** The bytes that have been read, as a count from the first one fed. */
  get consumed(): number {
    return this.#consumed;
  }

  /** Offset of the head's end, counted likewise; interim heads come before it. */
  get headEnd(): number {
    return this.#headEnd;
  }

  /** Offset of the end of the complete data, counted likewise; the rest only announces the end of the message. */
  get dataEnd(): number {
    return this.#dataEnd;
  }

  /**
   * Bytes that would complete the message by its framing; `undefined` if data is missing.
   */
  get completion(): string | undefined {
    switch (this.#state) {
      case "done":
      case "eof":
        return "";
      case "chunk-size":
        return this.#buffer.length === 0 ? "0\r\n\r\n" : undefined;
      case "chunk-end":
        return this.#buffer.length === 0 ? "\r\n0\r\n\r\n" : undefined;
      default:
        return undefined;
    }
  }

  /** The interim (1xx) heads so far. */
  get interim(): readonly Informational[] {
    return this.#informational;
  }

  /** The bytes after the end of the message. */
  get rest(): Uint8Array {
    return this.#state === "done" ? this.#buffer : new Uint8Array(0);
  }

  /**
   * @param bytes not to be changed afterwards: the reads of the body are views of them
   * @param at when the bytes came, in ms
   * @throws HttpParseError if they can't be HTTP/1
   */
  push(bytes: Uint8Array, at: number): void {
    this.#buffer = this.#buffer.length === 0 ? viewOf(bytes) : Buffer.concat([this.#buffer, bytes]);
    while (this.#step(at)) {
      // each step consumes some of the buffer
    }
  }

  /** The connection ended: completes a body that is delimited by that. */
  eof(at: number): void {
    if (this.#state === "eof") this.#finish(at);
  }

  message(): RawMessage {
    return {
      startLine: this.#startLine,
      status: this.#status,
      reason: this.#reason,
      http: this.#http,
      headers: this.#headers,
      framing: this.#framing,
      informational: this.#informational,
      headAt: this.#headAt,
      // Of a chunk that was cut short, what came of it.
      reads:
        this.#chunk.length === 0
          ? this.#reads
          : [...this.#reads, { at: this.#endAt, bytes: Buffer.concat(this.#chunk) }],
      trailers: this.#trailers,
      complete: this.done,
      endAt: this.#endAt,
    };
  }

  #step(at: number): boolean {
    switch (this.#state) {
      case "head":
        return this.#head(at);
      case "length":
      case "eof": {
        if (this.#buffer.length === 0) return false;
        const size =
          this.#state === "eof" ? this.#buffer.length : Math.min(this.#remaining, this.#buffer.length);
        this.#read({ at, bytes: this.#take(size) });
        this.#endAt = at;
        if (this.#state === "length" && (this.#remaining -= size) === 0) this.#finish(at);
        return true;
      }
      case "chunk-size": {
        const line = this.#line();
        if (line === undefined) return false;
        const size = /^([0-9a-fA-F]+)[ \t]*(?:;.*)?$/.exec(line)?.[1];
        if (size === undefined) this.#fail("a chunk begins with no size");
        this.#remaining = Number.parseInt(size, 16);
        this.#state = this.#remaining === 0 ? "trailers" : "chunk-data";
        return true;
      }
      case "chunk-data": {
        if (this.#buffer.length === 0) return false;
        const size = Math.min(this.#remaining, this.#buffer.length);
        if (this.#onBody !== undefined) this.#onBody(this.#take(size), at);
        else this.#chunk.push(this.#take(size));
        if ((this.#remaining -= size) === 0) {
          const [only = NO_BYTES] = this.#chunk;
          this.#read({ at, bytes: this.#chunk.length > 1 ? Buffer.concat(this.#chunk) : only });
          this.#chunk = [];
          this.#state = "chunk-end";
        }
        this.#endAt = at;
        return true;
      }
      case "chunk-end": {
        const line = this.#line();
        if (line === undefined) return false;
        if (line !== "") this.#fail("a chunk is longer than its size");
        this.#dataEnd = this.#consumed;
        this.#state = "chunk-size";
        return true;
      }
      case "trailers": {
        const line = this.#line();
        if (line === undefined) return false;
        if (line === "") this.#finish(at);
        else this.#trailers.push(this.#headerLine(line));
        return true;
      }
      case "done":
        return false;
    }
  }

  #read(read: BodyRead): void {
    if (this.#onBody === undefined) this.#reads.push(read);
    else if (read.bytes.length > 0) this.#onBody(read.bytes, read.at);
  }

  #head(at: number): boolean {
    const end = /\r?\n\r?\n/.exec(latin1(this.#buffer.subarray(0, HEAD_LIMIT)));
    if (end === null) {
      if (this.#buffer.length >= HEAD_LIMIT) this.#fail("the head is longer than 1 MiB");
      return false;
    }
    const lines = latin1(this.#take(end.index + end[0].length))
      .split(/\r?\n/)
      .slice(0, -2);
    const startLine = lines.shift() ?? "";
    const headers = lines.map((line) => this.#headerLine(line));
    const version = (
      this.#side === "request" ? /^\S+ \S+ HTTP\/(1\.[01])$/ : /^HTTP\/(1\.[01]) \d{3}(?: .*)?$/
    ).exec(startLine)?.[1];
    if (version === undefined) this.#fail(`it does not begin with an HTTP/1 ${this.#side} line`);
    this.#http = version as "1.0" | "1.1";
    const isResponse = this.#side === "response";
    const status = isResponse ? Number(startLine.slice(9, 12)) : 0;
    const reason = isResponse ? startLine.slice(13) : "";
    if (status >= 100 && status < 200 && status !== 101) {
      this.#informational.push({ status, reason, headers });
      return true;
    }
    this.#startLine = startLine;
    this.#status = status;
    this.#reason = reason;
    this.#headers = headers;
    this.#headAt = at;
    this.#endAt = at;
    this.#headEnd = this.#consumed;
    this.#dataEnd = this.#consumed;
    this.#framing = this.#framingOf(status);
    if (this.#framing === "none") this.#finish(at);
    else this.#state = this.#framing === "chunked" ? "chunk-size" : this.#framing;
    if (this.#framing === "length" && this.#remaining === 0) this.#finish(at);
    return true;
  }

  /** RFC 9112 section 6.3. */
  #framingOf(status: number): Framing {
    const bodiless = this.#method === "HEAD" || status === 204 || status === 304;
    if (this.#side === "response" && bodiless) return "none";
    const codings = this.#values("transfer-encoding").join(",");
    if (/(?:^|,)\s*chunked\s*$/i.test(codings)) return "chunked";
    if (codings !== "") this.#fail(`transfer-encoding "${codings}" does not end in chunked`);
    const [length, ...others] = this.#values("content-length");
    if (length !== undefined) {
      if (!/^\d+$/.test(length)) this.#fail(`content-length "${length}" is no number`);
      if (others.some((other) => other !== length)) this.#fail("two content-lengths that differ");
      this.#remaining = Number(length);
      return "length";
    }
    return this.#side === "request" ? "none" : "eof";
  }

  #values(name: string): string[] {
    return this.#headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  }

  #headerLine(line: string): [string, string] {
    // A field line (RFC 9112 section 5): no blank before the colon, no folding; only blanks and tabs around the value.
    const name = FIELD_NAME.exec(line)?.[1];
    if (name === undefined) this.#fail("a line of the head is no header");
    return [name, trimBlanks(line.slice(name.length + 1))];
  }

  #line(): string | undefined {
    const lf = this.#buffer.indexOf(10);
    if (lf === -1) return undefined;
    const line = latin1(this.#take(lf + 1));
    return line.slice(0, line.endsWith("\r\n") ? -2 : -1);
  }

  #take(size: number): Buffer {
    const taken = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    this.#consumed += size;
    return taken;
  }

  #finish(at: number): void {
    this.#state = "done";
    this.#endAt = at;
  }

  #fail(reason: string): never {
    throw new HttpParseError("malformed", { offset: this.#consumed }, reason);
  }
}
