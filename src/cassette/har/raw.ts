import { STATUS_CODES } from "node:http";
import { mediaType, writeChunk, writeHead, writeLastChunk } from "../../http/index.ts";
import type { RawExchange } from "../import/index.ts";
import { type BodyRead, eventReads, headAt, harRequestBytes, responseBytes } from "./body.ts";
import { type Adjusted, framed, headersOf, valueOf, withValue, withoutHeaders } from "./headers.ts";
import { type HarFile, type HarSource, stringMember } from "./read.ts";

/** Reason for which an entry is left out. */
export type SkipReason = "no response" | "no body";

/**
 * Writes an entry down as raw HTTP/1, so that it is sanitized, spelled and checked like any other recorded exchange.
 *
 * @param adjusted gets a note for each correction
 * @throws CassetteError if the entry contradicts itself
 */
export function rawExchangeOf(
  source: HarSource,
  name: string,
  fail: HarFile["fail"],
  adjusted: Adjusted,
): RawExchange | SkipReason {
  const status = source.response["status"];
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599)
    return "no response";
  const request = rawRequestOf(source, fail, adjusted);
  const response = rawResponseOf(source, status, fail, adjusted);
  return response === undefined ? "no body" : { name, request, ...response };
}

function rawRequestOf(source: HarSource, fail: HarFile["fail"], adjusted: Adjusted): RawExchange["request"] {
  const { method, target, request } = source;
  let headers = headersOf(request["headers"], "request", adjusted);
  const { bytes, contentType } = harRequestBytes(source, headers, fail, adjusted);
  headers = withoutHeaders(headers, "content-length", "transfer-encoding");
  if (bytes.length > 0) {
    if (contentType !== undefined) headers = withValue(headers, "content-type", contentType);
    headers.push(["content-length", String(bytes.length)]);
  }
  return Buffer.concat([writeHead(`${method} ${target} ${httpVersion(request)}`, headers), bytes]);
}

function rawResponseOf(
  source: HarSource,
  status: number,
  fail: HarFile["fail"],
  adjusted: Adjusted,
): Omit<RawExchange, "name" | "request"> | undefined {
  const { response } = source;
  const original = headersOf(response["headers"], "response", adjusted);
  const line = `${httpVersion(response)} ${status} ${reasonOf(response, status)}`;
  const start = headAt(source);
  const bodiless = source.method === "HEAD" || status === 204 || status === 304;
  const body = bodiless ? Buffer.alloc(0) : responseBytes(source, original, fail, adjusted);
  if (body === undefined) return undefined;
  const closes = valueOf(original, "connection")?.toLowerCase() === "close";
  if (bodiless) {
    const first = writeHead(line, withoutHeaders(original, "transfer-encoding"));
    return { response: first, reads: [[start, first.length]], end: closes ? "EOF" : "" };
  }
  const error = stringMember(response["_error"]) ?? stringMember(source.entry["_error"]) ?? "";
  if (error !== "") adjusted.push(`broken off where the body in the HAR ends: ${error}`);
  const stream = mediaType(valueOf(original, "content-type")) === "text/event-stream";
  const { headers, chunked } = framed(original, body.length, stream, error !== "", adjusted);
  const reads = stream && chunked ? eventReads(source, body, adjusted) : [{ at: start, bytes: body }];
  const first = writeHead(line, headers);
  const sent = chunked ? framedReads(reads, error === "") : reads;
  const reset = /RESET/.test(error);
  return {
    response: Buffer.concat([first, ...sent.map(({ bytes }) => bytes)]),
    reads: [[start, first.length], ...sent.map(({ at, bytes }) => [at, bytes.length] as const)],
    end: reset ? "reset" : /TIMED_OUT/.test(error) ? "" : error !== "" || closes ? "EOF" : "",
  };
}

/** Frames each read as an HTTP chunk, and adds the last chunk if the message was whole. */
function framedReads(reads: readonly BodyRead[], whole: boolean): BodyRead[] {
  const list = reads
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ at, bytes }) => ({
      at,
      bytes: writeChunk(bytes),
    }));
  const at = list.at(-1)?.at ?? reads.at(-1)?.at ?? 0;
  return whole ? [...list, { at, bytes: writeLastChunk() }] : list;
}

function httpVersion(message: HarSource["request"]): string {
  return stringMember(message["httpVersion"])?.toUpperCase() === "HTTP/1.0" ? "HTTP/1.0" : "HTTP/1.1";
}

/** HTTP/2 has no reason phrases, and some exporters leave them out or write them as they like. */
function reasonOf(response: HarSource["response"], status: number): string {
  const text = stringMember(response["statusText"])
    ?.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "")
    .trim();
  return text || (STATUS_CODES[status] ?? "");
}
