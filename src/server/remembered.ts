import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { rememberKeys } from "../cassette/index.ts";
import type { ExchangeRequest, RequestHead } from "../exchange/index.ts";
import { headerValue } from "../http/index.ts";
import type { Spec } from "../openapi/index.ts";
import { exchangeOf } from "./request.ts";

/** The results of reading a request that depend on nothing but its bytes and the OpenAPI. Frozen: all such requests share them. */
interface Reading extends Pick<ExchangeRequest, "path" | "query" | "json" | "operation" | "params"> {
  readonly method: string;
  readonly target: string;
  readonly contentType: string | undefined;
  /** A copy: bytes from the network are a view of a larger buffer. */
  readonly body: Uint8Array;
}

/** Longest request that is remembered, in bytes. */
const MAX_BYTES = 16 * 1024;
/** Approximate size of one generation, in bytes. There are two. */
const MAX_GENERATION = 2 * 1024 * 1024;
/** Approximate size of a reading without its body, in bytes; and of the JSON, for each byte of the body. */
const READING_BYTES = 1024;
const JSON_BYTES = 4;
/** Number of the hashes that were seen once, a power of two. */
const SEEN_ONCE = 4096;

/**
 * Reads requests, and remembers what it read of those that come again: their JSON, operation and match key. Of a request that
 * breaks the OpenAPI nothing is remembered, nor of headers other than its content type; and no request is kept that came only once.
 */
export class RememberedRequests {
  readonly #spec: Spec;
  /** Makes the hashes of each process others. Equal hashes cost time, never a wrong result: the bytes are compared. */
  readonly #seed = randomBytes(4).readUInt32LE();
  readonly #once = new Uint32Array(SEEN_ONCE);
  #young = new Map<number, Reading>();
  #old: ReadonlyMap<number, Reading> = new Map();
  #bytes = 0;

  constructor(spec: Spec) {
    this.#spec = spec;
  }

  /** The exchange of a request, as `exchangeOf` gives it. */
  read(head: RequestHead, body: Uint8Array): ExchangeRequest | Promise<ExchangeRequest> {
    // Without a body there is little to read.
    if (body.length === 0 || body.length + head.target.length > MAX_BYTES)
      return exchangeOf(this.#spec, head, body);
    const contentType = headerValue(head.headers, "content-type");
    const hash = crc32(body, (this.#seed ^ head.target.length) >>> 0);
    const known = this.#young.get(hash) ?? this.#old.get(hash);
    if (known !== undefined && isReadingOf(known, head, contentType, body)) {
      if (!this.#young.has(hash)) this.#remember(hash, known);
      return withReading(head, body, known);
    }
    const exchange = exchangeOf(this.#spec, head, body);
    const at = hash & (SEEN_ONCE - 1);
    if (this.#once[at] !== hash) this.#once[at] = hash;
    else if (!(exchange instanceof Promise) && exchange.findings.length === 0)
      this.#remember(hash, readingOf(exchange, contentType));
    return exchange;
  }

  /** Forgets all requests. */
  clear(): void {
    this.#young.clear();
    this.#old = new Map();
    this.#once.fill(0);
    this.#bytes = 0;
  }

  #remember(hash: number, reading: Reading): void {
    this.#young.set(hash, reading);
    this.#bytes += READING_BYTES + reading.target.length + (1 + JSON_BYTES) * reading.body.length;
    if (this.#bytes < MAX_GENERATION) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
  }
}

function isReadingOf(
  reading: Reading,
  { method, target }: RequestHead,
  contentType: string | undefined,
  body: Uint8Array,
): boolean {
  return (
    reading.target === target &&
    reading.method === method &&
    reading.contentType === contentType &&
    reading.body.length === body.length &&
    Buffer.compare(reading.body, body) === 0
  );
}

function readingOf(exchange: ExchangeRequest, contentType: string | undefined): Reading {
  const { method, target, path, query, json, operation, params, body } = exchange;
  deepFreeze(json);
  if (typeof json === "object" && json !== null) rememberKeys(json);
  for (const pair of query) Object.freeze(pair);
  const kept = Buffer.from(body);
  return {
    method,
    target,
    contentType,
    body: kept,
    path,
    query: Object.freeze(query),
    json,
    operation,
    params: Object.freeze(params),
  };
}

function withReading(head: RequestHead, body: Uint8Array, reading: Reading): ExchangeRequest {
  const { path, query, json, operation, params } = reading;
  const { method, target, session, headers } = head;
  const form = undefined;
  return { method, target, session, path, query, headers, body, json, form, operation, params, findings: [] };
}

/** Freezes JSON. It nests no deeper than the stack is: `jsonOf` reads no other. */
function deepFreeze(json: unknown): void {
  if (typeof json !== "object" || json === null) return;
  Object.freeze(json);
  for (const member of Object.values(json)) deepFreeze(member);
}
