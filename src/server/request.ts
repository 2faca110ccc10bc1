import type { IncomingMessage } from "node:http";
import type { BodyTaker, H11Head } from "../asgi/index.ts";
import { formOf, jsonOf, splitTarget } from "../cassette/index.ts";
import type { ExchangeRequest, RequestHead } from "../exchange/index.ts";
import { type Header, hasHeader, headerValue, pairsOf } from "../http/index.ts";
import type { Finding, Spec } from "../openapi/index.ts";

/** The header and the path prefix by which a client says to which session a request belongs. */
export const SESSION_HEADER = "x-gatetape-session";
const SESSION_PREFIX = /^\/s\/([^/?]+)(?=\/|$)/;

/**
 * The head of a Node request. Its target is read as it came: a parsed URL is normalised (`/v1/models/../admin`).
 *
 * @param target another target in place of the request's own, without the base path of an outer app
 */
export function headOfIncoming(incoming: IncomingMessage, target: string = incoming.url ?? "/"): RequestHead {
  return headOf(incoming.method ?? "GET", target, pairsOf(incoming.rawHeaders));
}

/**
 * The head of a `Request`. Order and case of its headers, and parts of its URL, are lost already.
 *
 * @param target another target in place of the URL's, without the base path of an outer app
 */
export function headOfRequest(request: Request, target: string = targetOf(request)): RequestHead {
  return headOf(request.method, target, [...request.headers]);
}

/** The head of a request that the h11 reader has read. */
export function headOfH11({ method, target, headers }: H11Head): RequestHead {
  return headOf(method, target, headers);
}

function targetOf({ url }: Request): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

function headOf(method: string, url: string, headers: readonly Header[]): RequestHead {
  const prefix = url.startsWith("/s/") ? SESSION_PREFIX.exec(url) : null;
  const target = prefix === null ? url : url.slice(prefix[0].length) || "/";
  const session = prefix?.[1] ?? headerValue(headers, SESSION_HEADER) ?? "";
  const { path, query } = splitTarget(target);
  return { method, target, session, path, query, headers };
}

/** Limit of a request's body. */
export interface BodyLimit {
  readonly bytes: number;
  /** The option that raises it, for messages: `--max-body`. */
  readonly option: string;
  /** The mocked server's own words for a body above the limit. */
  readonly detail?: string;
}

/** Sign that a request's body is above the limit. */
export class BodyTooLarge {
  readonly bytes: number;
  readonly limit: BodyLimit;

  /** @param bytes size of the body */
  constructor(bytes: number, limit: BodyLimit) {
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** Text of the refusal of a body above the limit. @param bytes size of the body, if it is known */
export function tooLargeText(bytes: number | undefined, { bytes: most, option, detail }: BodyLimit): string {
  if (detail !== undefined) return detail;
  const size = bytes === undefined ? "more" : `${bytes} bytes, more`;
  return `gatetape: the body has ${size} than the limit of ${most} bytes; send less, or raise the limit by ${option}`;
}

/** Bytes beyond the limit that are read, so that the client sees its refusal; a longer body loses its connection. */
const MAX_DISCARDED = 1 << 30;

/** Hands on the whole body of a request, and its reads. */
export type UseBody = (body: Uint8Array, reads: readonly Uint8Array[]) => void;

/**
 * Reads the whole body of a Node request and hands it on, at once if there is none. A client that goes away before the
 * end of its request is not heard of again. Callbacks, not a promise: this is the hot path.
 *
 * @param fail takes `BodyTooLarge` at the end of a body above the limit, of which nothing is kept
 */
export function readBody(
  incoming: IncomingMessage,
  head: RequestHead,
  limit: BodyLimit | undefined,
  next: UseBody,
  fail: (error: unknown) => void,
): void {
  if (!hasHeader(head.headers, "content-length") && !hasHeader(head.headers, "transfer-encoding")) {
    next(NO_BODY, NO_READS);
    return;
  }
  const taker = bodyTaker(limit, () => void incoming.destroy(), next, fail);
  incoming.on("error", ignore);
  incoming.on("data", (part: Buffer) => taker.part(part));
  incoming.on("end", () => taker.end());
}

/**
 * Collects a body up to a limit.
 *
 * @param stop called for a body that is far too long
 * @param fail takes `BodyTooLarge` at the end of a body above the limit, of which nothing is kept
 */
export function bodyTaker(
  limit: BodyLimit | undefined,
  stop: () => void,
  next: UseBody,
  fail: (error: unknown) => void,
): BodyTaker {
  const parts: Buffer[] = [];
  const most = limit?.bytes ?? Infinity;
  let size = 0;
  return {
    part: (part) => {
      size += part.length;
      if (size <= most) parts.push(part);
      else {
        parts.length = 0;
        if (size > most + MAX_DISCARDED) stop();
      }
    },
    end: () => {
      if (limit !== undefined && size > most) fail(new BodyTooLarge(size, limit));
      else next(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts), parts);
    },
  };
}

const NO_BODY = new Uint8Array(0);
const NO_READS: readonly Uint8Array[] = [];
const ignore = (): void => {};

/** The exchange of a request: parsed once, validated once. A promise only where the body is a form. */
export function exchangeOf(
  spec: Spec,
  head: RequestHead,
  body: Uint8Array,
): ExchangeRequest | Promise<ExchangeRequest> {
  const contentType = headerValue(head.headers, "content-type");
  if (contentType?.toLowerCase().startsWith("multipart/")) {
    return formOf(head.headers, body).then((form) => assemble(spec, head, body, contentType, form));
  }
  return assemble(spec, head, body, contentType, undefined);
}

function assemble(
  spec: Spec,
  head: RequestHead,
  body: Uint8Array,
  contentType: string | undefined,
  form: ExchangeRequest["form"],
): ExchangeRequest {
  const { method, target, session, path, query, headers } = head;
  const json = jsonOf(headers, body);
  const found = spec.operationOf(method, path, json);
  const operation = found?.operation;
  const params = found?.params ?? NO_PARAMS;
  const findings =
    operation === undefined
      ? NO_FINDINGS
      : spec.validateRequest({ operation, params, query, contentType, body, json });
  return { method, target, session, path, query, headers, body, json, form, operation, params, findings };
}

const NO_PARAMS: ExchangeRequest["params"] = {};
const NO_FINDINGS: readonly Finding[] = [];
