import type { IncomingMessage } from "node:http";
import type { LiveCall, RequestBody } from "../../exchange/index.ts";
import {
  type Header,
  hasHeader,
  headerValue,
  pairsOf,
  writeChunk,
  writeHead,
  writeLastChunk,
} from "../../http/index.ts";
import type { UpstreamConnection } from "./connection.ts";
import type { UpstreamOptions } from "./options.ts";
import { targetOn } from "./target.ts";

/** The request's head as it goes up: the client's, but for the headers that DESIGN section 3 names. */
export function headUp({ head, http }: LiveCall, options: UpstreamOptions): Buffer {
  const { target, key, standIn } = options;
  const headers = head.headers.map(([name, value]): Header => {
    const lower = name.toLowerCase();
    if (lower === "host") return [name, target.authority];
    if (lower === "accept-encoding") return [name, "identity"];
    if (lower === "authorization") return [name, authorizationUp(value, options)];
    return [name, value];
  });
  if (key !== undefined && standIn === undefined && !hasHeader(headers, "authorization"))
    headers.push(["Authorization", `Bearer ${key}`]);
  return requestHead(head.method, targetOn(target, head.target), http, headers);
}

/** The client's `Authorization` as it goes up. */
function authorizationUp(value: string | null, { key, standIn }: UpstreamOptions): string | null {
  if (key === undefined) return value;
  if (standIn === undefined) return `Bearer ${key}`;
  return value === null
    ? null
    : value
        .split(" ")
        .map((part) => (part === standIn ? key : part))
        .join(" ");
}

/** A request's head as bytes. */
export function requestHead(
  method: string,
  target: string,
  http: "1.0" | "1.1",
  headers: readonly Header[],
): Buffer {
  return writeHead(`${method} ${target} HTTP/${http}`, headers);
}

/** Sends a request up, read by read as it comes. */
export class RequestSender {
  readonly #connection: UpstreamConnection;
  readonly #body: RequestBody;
  readonly #done: () => void;
  readonly #onSent: (bytes: Uint8Array) => void;
  #complete = false;
  #stopped = false;

  /** @param onSent gets the bytes of the body with their framing */
  constructor(
    connection: UpstreamConnection,
    body: RequestBody,
    done: () => void,
    onSent: (bytes: Uint8Array) => void,
  ) {
    this.#connection = connection;
    this.#body = body;
    this.#done = done;
    this.#onSent = onSent;
  }

  get complete(): boolean {
    return this.#complete;
  }

  send(head: Uint8Array): void {
    if ("incoming" in this.#body) this.#stream(head, this.#body.incoming);
    else {
      const { reads, trailers } = this.#body;
      this.#connection.cork();
      this.#connection.write(head);
      const chunked = isChunked(head);
      for (const chunk of reads) this.#chunk(chunk, chunked);
      this.#last(chunked, trailers);
      this.#connection.uncork();
    }
  }

  /** The upstream can take more. */
  resume(): void {
    if ("incoming" in this.#body && !this.#stopped) this.#body.incoming.resume();
  }

  stop(): void {
    this.#stopped = true;
  }

  #stream(head: Uint8Array, incoming: IncomingMessage): void {
    this.#connection.write(head);
    const raw = pairsOf(incoming.rawHeaders);
    const chunked = headerValue(raw, "transfer-encoding") !== undefined;
    if (!chunked && Number(headerValue(raw, "content-length") ?? 0) === 0) {
      this.#last(false, []);
      return;
    }
    incoming.on("error", ignore); // the response's 'close' follows
    incoming.on("data", (bytes: Buffer) => {
      if (!this.#stopped && !this.#chunk(bytes, chunked)) incoming.pause();
    });
    incoming.on("end", () => this.#last(chunked, incoming.rawTrailers));
  }

  #chunk(bytes: Uint8Array, chunked: boolean): boolean {
    if (bytes.length === 0) return true;
    if (!chunked) return this.#write(bytes);
    return this.#write(writeChunk(bytes));
  }

  #last(chunked: boolean, trailers: readonly string[]): void {
    if (chunked) this.#write(writeLastChunk(pairsOf(trailers)));
    this.#complete = true;
    this.#done();
  }

  #write(bytes: Uint8Array): boolean {
    this.#onSent(bytes);
    return this.#connection.write(bytes);
  }
}

function isChunked(head: Uint8Array): boolean {
  return /\r\ntransfer-encoding:/i.test(Buffer.from(head).toString("latin1"));
}

const ignore = (): void => {};
