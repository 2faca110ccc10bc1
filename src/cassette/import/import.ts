import {
  type Framing,
  HttpParseError,
  MessageParser,
  type RawMessage,
  hasHeader,
  headerValue,
  isJsonType,
  mediaType,
  reasonPhrase,
} from "../../http/index.ts";
import { masked } from "../../secrets/index.ts";
import {
  type BodyElement,
  type Cassette,
  CassetteError,
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type TimedWrite,
  decodeBody,
  formOf,
  spellRequest,
} from "../format/index.ts";
import { decodedInteraction } from "../scrub/index.ts";
import { type ImportOptions, cleanCassette } from "./clean-cassette.ts";
import type { RawBytes, RawExchange } from "./types.ts";

/** @internal for tests and scripts */
export { parseExchanges } from "./lines.ts";
export type { RawExchange } from "./types.ts";

/** Reads that are at most this far apart (ms) may be one write that the network split. */
const SAME_WRITE_MS = 1;

/** Headers of a request that follow from its bytes. */
const DERIVED_REQUEST_HEADERS = new Set(["host", "content-length", "transfer-encoding"]);

/**
 * Makes a cassette of raw exchanges: cleaned, in the most readable spelling that gives the same bytes, with a waiver for
 * each deviation from the spec.
 * @throws CassetteError `import` if an exchange is not one well-formed HTTP/1 request and its response, `leak` if one had to be
 * left out
 * @internal for tests and scripts
 */
export async function importExchanges(
  file: string,
  exchanges: readonly RawExchange[],
  options: ImportOptions,
): Promise<Cassette> {
  const drafts: Interaction[] = [];
  for (const exchange of exchanges) drafts.push(await draftOfExchange(file, exchange));
  const { cassette, withheld } = await cleanCassette(drafts, options);
  const [first] = withheld;
  if (first === undefined) return cassette;
  const { number, findings } = first;
  throw new CassetteError(
    "leak",
    { file },
    `interaction ${number}: ${findings.map(({ kind, location, shown }) => `${kind} at ${location}: ${shown}`).join("; ")}`,
    "take the secret out, or let it pass with an entry in `keep` of the config's `sanitize`",
  );
}

/**
 * Makes an interaction that still has its secrets, so it must stay in memory: see `sanitizeInteraction`.
 * @throws CassetteError `import` if it is not one well-formed HTTP/1 request and its response
 */
export async function draftOfExchange(file: string, exchange: RawExchange): Promise<Interaction> {
  const fail = (reason: string): never => {
    throw new CassetteError(
      "import",
      { file, exchange: masked(exchange.name) },
      masked(reason),
      "only one well-formed request with its response makes an interaction; leave this exchange out",
    );
  };
  const request = parseHttp("request", exchange, fail);
  const [method, target = ""] = request.startLine.split(" ");
  if (!/^(?:\/|\*$)/.test(target))
    fail("the target of the request is no path: its client takes the server for a proxy");
  const response = parseHttp("response", exchange, fail, method);
  return await decodedInteraction({
    name: exchange.name,
    request: await cassetteRequest(request),
    response: cassetteResponse(response, exchange.end ?? ""),
  });
}

function parseHttp(
  side: "request" | "response",
  exchange: RawExchange,
  fail: (reason: string) => never,
  method = "GET",
): RawMessage {
  const source = exchange[side];
  const bytes = messageBytes(source);
  const parser = new MessageParser(side, method);
  try {
    let from = 0;
    let at = 0;
    for (const [ms, size] of (side === "response" ? exchange.reads : undefined) ?? []) {
      at = ms;
      parser.push(bytes.subarray(from, from + size), ms);
      from += size;
    }
    parser.push(bytes.subarray(from), at);
    parser.eof(at);
  } catch (error) {
    if (error instanceof HttpParseError) fail(`the ${side} is not HTTP/1: ${error.message}`);
    throw error;
  }
  if (!parser.headSeen) fail(`the ${side} has no head`);
  if (parser.rest.length > 0) fail(`${parser.rest.length} bytes follow the ${side}`);
  if (side === "request" && !parser.done) fail("the request's body is shorter than its head says");
  return parser.message();
}

function messageBytes(source: RawBytes): Uint8Array {
  if (typeof source === "string") return Buffer.from(source);
  return source instanceof Uint8Array ? source : Buffer.from(source.base64, "base64");
}

async function cassetteRequest(raw: RawMessage): Promise<CassetteRequest> {
  const [method = "", target = ""] = raw.startLine.split(" ");
  const headers = raw.headers.filter(([name]) => !DERIVED_REQUEST_HEADERS.has(name.toLowerCase()));
  const body = Buffer.concat(raw.reads.map((read) => read.bytes));
  return {
    method,
    target,
    ...(raw.http === "1.0" ? { http: "1.0" } : {}),
    headers,
    ...(await spellRequestBody(headers, body)),
  };
}

async function spellRequestBody(
  headers: CassetteRequest["headers"],
  body: Uint8Array,
): Promise<Partial<CassetteRequest>> {
  if (body.length === 0) return {};
  const form = await formOf(headers ?? [], body);
  return form === undefined ? spellRequest(headers ?? [], body) : { form };
}

function cassetteResponse(raw: RawMessage, end: string): CassetteResponse {
  const { status, reason } = raw;
  const writes = timedWrites(raw);
  const size = writes.reduce((sum, write) => sum + write.bytes.length, 0);
  const headers = raw.headers.map(([name, value]): HeaderPair => [
    name,
    computable(name, value, size) ? null : value,
  ]);
  const type = mediaType(headerValue(raw.headers, "content-type"));
  const body: BodyElement[] = decodeBody(
    writes,
    type === "text/event-stream" ? "sse" : isJsonType(type) ? "json" : "other",
  );
  const lastAt = Math.round(raw.reads.at(-1)?.at ?? raw.headAt);
  return {
    wait: Math.round(raw.headAt),
    ...(raw.http === "1.0" ? { http: "1.0" } : {}),
    status,
    ...(reason === reasonPhrase(status) ? {} : { reason }),
    ...(raw.informational.length > 0 ? { informational: raw.informational } : {}),
    framing: framingOf(raw, size),
    headers,
    ...(body.length > 0 ? { body } : {}),
    ...(raw.trailers.length > 0 ? { trailers: raw.trailers } : {}),
    end: {
      how: responseEnd(raw, end),
      ...(raw.framing === "chunked" ? { wait: Math.max(0, Math.round(raw.endAt) - lastAt) } : {}),
    },
  };
}

/** The writes of a body: each chunk, or without chunks the reads that are far enough apart. */
function timedWrites(raw: RawMessage): TimedWrite[] {
  const writes: { wait: number; parts: Uint8Array[] }[] = [];
  let before = raw.headAt;
  for (const { at, bytes } of raw.reads) {
    const last = writes.at(-1);
    if (raw.framing !== "chunked" && last !== undefined && at - before < SAME_WRITE_MS)
      last.parts.push(bytes);
    // Rounded sums rather than rounded differences: a long stream must not drift.
    else writes.push({ wait: Math.round(at) - Math.round(before), parts: [bytes] });
    before = at;
  }
  return writes.map(({ wait, parts }) => ({ wait, bytes: Buffer.concat(parts) }));
}

function computable(name: string, value: string, size: number): boolean {
  const lower = name.toLowerCase();
  if (lower === "date") return true;
  if (lower === "transfer-encoding") return value === "chunked";
  return lower === "content-length" && value === String(size);
}

function framingOf(raw: RawMessage, size: number): Framing {
  return raw.framing === "length" && size === 0 && !hasHeader(raw.headers, "content-length")
    ? "none"
    : raw.framing;
}

function responseEnd(raw: RawMessage, words: string): NonNullable<CassetteResponse["end"]>["how"] {
  if (/reset/i.test(words)) return "reset";
  if (!raw.complete) return /eof/i.test(words) ? "truncate" : "stall";
  return /eof/i.test(words) ? "close" : "complete";
}
