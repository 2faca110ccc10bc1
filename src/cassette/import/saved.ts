import { isUtf8 } from "node:buffer";
import {
  contentCodings,
  decodeSse,
  decompressed,
  mediaType,
  sseEvents,
  writeChunk,
  writeHead,
  writeLastChunk,
  reasonPhrase,
} from "../../http/index.ts";
import type { CassetteError } from "../format/index.ts";
import type { RawExchange } from "./types.ts";
import { type Adjusted, type Pair, framed, valueOf, withoutHeaders } from "./headers.ts";

/** A request as another tool saved it. */
export interface SavedRequest {
  readonly method: string;
  readonly target: string;
  readonly http?: "1.0";
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
}

/** A response as another tool saved it: perhaps decoded, without its framing, perhaps without its times. */
export interface SavedResponse {
  readonly status: number;
  /** Absent: the standard phrase of the status. */
  readonly reason?: string | undefined;
  readonly http?: "1.0";
  readonly headers: readonly Pair[];
  readonly body: Uint8Array;
  /** Size (bytes) of the whole decoded body, if the tool noted it: a body that is shorter was cut. */
  readonly wholeSize?: number | undefined;
  /** Time of the head, in ms since the request. */
  readonly headAt?: number;
  /** Gives the times of a stream's events, in ms since the request. */
  readonly eventTimes?: (data: readonly string[]) => readonly number[] | undefined;
  /** Error text for a response that broke off. */
  readonly error?: string;
}

/** The bytes of one write of a body, with the time since the request, in ms. */
interface SavedRead {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Larger bodies are left out: an import needs thirty times their size, and such a cassette would hardly load. */
const MAX_TEXT_BYTES: number = 16 << 20;
const MAX_BINARY_BYTES: number = 8 << 20;

/** Bytes that a text may be shorter than it was: browsers drop a byte order mark. */
export const BOM_BYTES: number = 3;

/** Makes the error for an exchange that can't be imported, with its location. */
export type Refuse = (reason: string, fix?: string) => CassetteError;

/**
 * Writes an exchange down as raw HTTP/1, so that it is sanitized, spelled and checked like any other recorded exchange.
 *
 * @param adjusted gets a note for each correction
 * @throws CassetteError that `refuse` makes
 */
export function rawOfSaved(
  request: SavedRequest,
  response: SavedResponse,
  adjusted: Adjusted,
  refuse: Refuse,
): RawExchange {
  return {
    name: "imported",
    request: rawRequest(request, adjusted, refuse),
    ...rawResponse(request.method, response, adjusted, refuse),
  };
}

function rawRequest(
  { method, target, http, headers: saved, body: coded }: SavedRequest,
  adjusted: Adjusted,
  refuse: Refuse,
): Uint8Array {
  const { body, headers: plain } = uncoded("request", saved, coded, adjusted, refuse);
  const headers = withoutHeaders(plain, "content-length", "transfer-encoding");
  if (body.length > 0) headers.push(["content-length", String(body.length)]);
  // Characters that a request line can't contain.
  const spelled = target.replaceAll(/[^\x21-\x7e]+/g, encodeURIComponent);
  return Buffer.concat([writeHead(`${method} ${spelled} HTTP/${http ?? "1.1"}`, headers), body]);
}

function rawResponse(
  method: string,
  saved: SavedResponse,
  adjusted: Adjusted,
  refuse: Refuse,
): Pick<RawExchange, "response" | "reads" | "end"> {
  const { status, headAt: start = 0, error = "" } = saved;
  const line = `HTTP/${saved.http ?? "1.1"} ${status} ${savedReason(saved)}`;
  const closes = valueOf(saved.headers, "connection")?.toLowerCase() === "close";
  if (method === "HEAD" || status === 204 || status === 304) {
    const first = writeHead(line, withoutHeaders(saved.headers, "transfer-encoding"));
    return { response: first, reads: [[start, first.length]], end: closes ? "EOF" : "" };
  }
  const { body, headers: original } = uncoded("response", saved.headers, saved.body, adjusted, refuse);
  if (error === "" && body.length + BOM_BYTES < (saved.wholeSize ?? 0))
    throw refuse(
      `the body was cut when it was saved: it has ${body.length} of ${saved.wholeSize} bytes`,
      "save it with the whole body, or record the traffic with gatetape record; if it is whole, correct the size",
    );
  if (error !== "") adjusted.push(`broken off where the body ends: ${error}`);
  const stream = mediaType(valueOf(original, "content-type")) === "text/event-stream";
  const { headers, chunked } = framed(original, body.length, stream, error !== "", adjusted);
  const reads = stream && chunked ? eventReads(saved, body, adjusted) : [{ at: start, bytes: body }];
  const first = writeHead(line, headers);
  const sent = chunked ? framedReads(reads, error === "", start) : reads;
  return {
    response: Buffer.concat([first, ...sent.map(({ bytes }) => bytes)]),
    reads: [[start, first.length], ...sent.map(({ at, bytes }) => [at, bytes.length] as const)],
    end: /RESET/.test(error) ? "reset" : /TIMED_OUT/.test(error) ? "" : error !== "" || closes ? "EOF" : "",
  };
}

/**
 * A body without content codings. Most tools save it decoded and leave the header as it was, so a body that does not
 * decode is taken as it stands if it is text.
 */
function uncoded(
  side: string,
  headers: readonly Pair[],
  body: Uint8Array,
  adjusted: Adjusted,
  refuse: Refuse,
): { headers: Pair[]; body: Uint8Array } {
  checkSize(side, body, refuse);
  const codings = contentCodings(headers);
  if (codings.length === 0 || body.length === 0) return { headers: [...headers], body };
  const plain = withoutHeaders(headers, "content-encoding");
  const result = decompressed(body, codings);
  if ("content" in result) {
    checkSize(side, result.content, refuse);
    adjusted.push(`the ${side}'s body was ${codings.join(", ")} in the file: decoded`);
    return { headers: plain, body: result.content };
  }
  if (isCompressed(body)) throw refuse(`the ${side}'s body can't be decoded: ${result.problem}`);
  adjusted.push(`content-encoding ${codings.join(", ")} left out: the ${side}'s body was saved decoded`);
  return { headers: plain, body };
}

/** True for bytes that are surely compressed: they have the mark of gzip or Zstandard, or are no text. */
function isCompressed(body: Uint8Array): boolean {
  const [a, b, c, d] = body;
  if ((a === 0x1f && b === 0x8b) || (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd)) return true;
  return body.subarray(0, 1000).some((byte) => byte < 9);
}

function checkSize(side: string, body: Uint8Array, refuse: Refuse): void {
  if (body.length <= MAX_BINARY_BYTES) return;
  const limit = body.length <= MAX_TEXT_BYTES && isUtf8(body) ? MAX_TEXT_BYTES : MAX_BINARY_BYTES;
  if (body.length > limit)
    throw refuse(
      `the ${side}'s body has ${(body.length / 2 ** 20).toFixed(0)} MiB; an import takes ${MAX_TEXT_BYTES >> 20} MiB of text and ${MAX_BINARY_BYTES >> 20} MiB of other bytes`,
      'record it with gatetape record --config (sanitize.blobs: "files"), or take the entry out',
    );
}

/** Splits a stream into a write for each event, at their times where they are known. */
function eventReads(
  { headAt = 0, eventTimes }: SavedResponse,
  body: Uint8Array,
  adjusted: Adjusted,
): SavedRead[] {
  const events = sseEvents(decodeSse(body));
  const times = eventTimes?.(events.map(({ data }) => data));
  if (eventTimes !== undefined && times === undefined)
    adjusted.push(
      "times of the event messages left aside: there are none, or they are not of the body's events",
    );
  const reads: SavedRead[] = [];
  let at = headAt;
  let rest = 0;
  for (const [i, { end }] of events.entries()) {
    at = Math.max(at, times?.[i] ?? at);
    reads.push({ at, bytes: body.subarray(rest, end) });
    rest = end;
  }
  if (rest < body.length) reads.push({ at, bytes: body.subarray(rest) });
  return reads;
}

/** Frames each read as an HTTP chunk, and adds the last chunk if the message was whole. */
function framedReads(reads: readonly SavedRead[], whole: boolean, headAt: number): SavedRead[] {
  const list = reads
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ at, bytes }) => ({ at, bytes: writeChunk(bytes) }));
  const at = list.at(-1)?.at ?? headAt;
  return whole ? [...list, { at, bytes: writeLastChunk() }] : list;
}

/** HTTP/2 has no reason phrases, and some exporters leave them out or write them as they like. */
function savedReason({ reason, status }: SavedResponse): string {
  const text = reason?.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "").trim();
  return text || (reasonPhrase(status) ?? "");
}
