/**
 * Reads what a real OGL sent, and what a mock sends, with nothing of gatetape's own: the judge must not share the
 * mistakes of the judged.
 */
import { readdirSync, readFileSync } from "node:fs";
import * as net from "node:net";
import { HANG_MS } from "./limits.ts";

export interface Capture {
  readonly file: string;
  readonly name: string;
  readonly request: Buffer;
  readonly response: Buffer;
  readonly reads: readonly (readonly [number, number])[];
  readonly end: string;
  /** The line of the file, as the importer reads it. */
  readonly line: string;
}

const captures = new URL("../captures/", import.meta.url);

/** @param below a folder of other captures, such as `second/` */
export function readCaptures(below = ""): Capture[] {
  const folder = new URL(below, captures);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .flatMap((file) =>
      readFileSync(new URL(file, folder), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => {
          const value = JSON.parse(line) as {
            name: string;
            request: Bytes;
            response: Bytes;
            reads: [number, number][];
            end: string;
          };
          return {
            file,
            name: value.name,
            request: bytesOf(value.request),
            response: bytesOf(value.response),
            reads: value.reads,
            end: value.end,
            line,
          };
        }),
    );
}

type Bytes = string | { base64: string };
const bytesOf = (bytes: Bytes): Buffer =>
  typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes.base64, "base64");

/** A response taken apart just enough to compare it. */
export interface Parsed {
  readonly statusLine: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Sizes of the HTTP chunks; `undefined` if the body has none. */
  readonly chunks: readonly Buffer[] | undefined;
}

export function parseResponse(bytes: Buffer): Parsed {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) throw new Error(`no head in ${JSON.stringify(bytes.toString("latin1").slice(0, 80))}`);
  const [statusLine = "", ...headers] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const rest = bytes.subarray(end + 4);
  const chunked = headers.some((header) => /^transfer-encoding: chunked$/i.test(header));
  if (!chunked) return { statusLine, headers, body: rest, chunks: undefined };
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lf = rest.indexOf("\r\n", at);
    const size = Number.parseInt(rest.subarray(at, lf).toString("latin1"), 16);
    if (size === 0) break;
    chunks.push(rest.subarray(lf + 2, lf + 2 + size));
    at = lf + 2 + size + 2;
  }
  return { statusLine, headers, body: Buffer.concat(chunks), chunks };
}

export interface Answered {
  readonly bytes: Buffer;
  /** [ms since the request, bytes so far] after each read. */
  readonly reads: readonly (readonly [number, number])[];
  /** True if the server closed the connection within the time. */
  readonly closed: boolean;
}

/** Sends bytes on a connection of its own and reads until as many bytes came as expected, and whether it closes then. */
export function ask(
  port: number,
  request: Buffer,
  options: { expect: number; closes: boolean; timeoutMs?: number },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    const parts: Buffer[] = [];
    const reads: [number, number][] = [];
    let size = 0;
    let started = 0;
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(parts), reads, closed });
    };
    const timer = setTimeout(() => finish(false), options.timeoutMs ?? HANG_MS);
    socket.on("connect", () => {
      started = performance.now();
      socket.write(request);
    });
    socket.on("data", (part) => {
      parts.push(part);
      size += part.length;
      reads.push([performance.now() - started, size]);
      if (size >= options.expect && !options.closes) finish(false);
    });
    socket.on("end", () => finish(true));
    socket.on("error", reject);
  });
}

/**
 * Sends a request as a client does and reads one whole answer. A body that waits for `100 Continue` is sent when that has
 * come.
 */
export function converse(port: number, request: Buffer, options: { closes: boolean }): Promise<Answered> {
  const headEnd = request.indexOf("\r\n\r\n") + 4;
  const waits = /\r\nexpect: *100-continue\r\n/i.test(request.toString("latin1", 0, Math.max(0, headEnd)));
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1");
    const parts: Buffer[] = [];
    let sentBody = !waits;
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(parts), reads: [], closed });
    };
    const timer = setTimeout(() => finish(false), HANG_MS);
    socket.on("connect", () => socket.write(waits ? request.subarray(0, headEnd) : request));
    socket.on("data", (part) => {
      parts.push(part);
      const got = Buffer.concat(parts);
      if (!sentBody && got.includes("100 Continue\r\n\r\n")) {
        sentBody = true;
        socket.write(request.subarray(headEnd));
      }
      if (!options.closes && isWhole(got, request)) finish(false);
    });
    socket.on("end", () => finish(true));
    socket.on("error", reject);
  });
}

/** True if bytes hold one whole final response, by its own framing. */
function isWhole(bytes: Buffer, request: Buffer): boolean {
  const text = bytes.toString("latin1").replace(/^HTTP\/1\.1 1\d\d [^]*?\r\n\r\n/, "");
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return false;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/^transfer-encoding: chunked$/im.test(head)) return /(?:^|\r\n)0\r\n\r\n$/.test(body);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (request.subarray(0, 5).toString("latin1") === "HEAD ") return true;
  return length === undefined ? true : body.length >= Number(length);
}
