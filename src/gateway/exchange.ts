import type { IncomingMessage } from "node:http";
import { formOf, jsonOf, type MatchRequest, splitTarget } from "../cassette/index.ts";
import { type Finding, type Operation, type Spec } from "../spec/index.ts";
import { hasHeader, type Header, headerValue, pairsOf, type Script } from "../wire/index.ts";

/** The header and the path prefix by which a client says to which session a request belongs. */
export const SESSION_HEADER = "x-gatetape-session";
const SESSION_PREFIX = /^\/s\/([^/?]+)(?=\/|$)/;

/** One request as all parts of the gateway see it. */
export interface Exchange extends MatchRequest {
  /** The request target as it came, without a session prefix. */
  readonly target: string;
  /** `""` where the request names none. */
  readonly session: string;
  readonly operation: Operation | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** What of the request does not keep to the OpenAPI. */
  readonly findings: readonly Finding[];
}

/** What a source gives for a request. */
export interface Answer {
  readonly script: Script;
  /** Who answered, for logs: the interaction's name, or what refused. */
  readonly by: string;
}

/** Answers a request with a script, or leaves it to the next source. */
export interface Source {
  answer(exchange: Exchange): Answer | undefined;
  /** Answers on the head alone, before the body is read. */
  answerEarly?(head: RequestHead): Answer | undefined;
}

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly session: string;
  readonly path: string;
  readonly query: MatchRequest["query"];
  readonly headers: readonly Header[];
}

/** The head of a Node request. Its URL is read as it came: parsed ones are normalised (`/v1/models/../admin`). */
export function headOfIncoming(incoming: IncomingMessage): RequestHead {
  return headOf(incoming.method ?? "GET", incoming.url ?? "/", pairsOf(incoming.rawHeaders));
}

/** The head of a `Request`. Order and case of its headers, and parts of its URL, are lost already. */
export function headOfRequest(request: Request): RequestHead {
  const { pathname, search } = new URL(request.url);
  return headOf(request.method, pathname + search, [...request.headers]);
}

function headOf(method: string, url: string, headers: readonly Header[]): RequestHead {
  const prefix = url.startsWith("/s/") ? SESSION_PREFIX.exec(url) : null;
  const target = prefix === null ? url : url.slice(prefix[0].length) || "/";
  const session = prefix?.[1] ?? headerValue(headers, SESSION_HEADER) ?? "";
  return { method, target, session, headers, ...splitTarget(target) };
}

/** The whole body of a Node request; `undefined` if the client went away before its end. */
export function bodyOfIncoming(incoming: IncomingMessage, head: RequestHead): Promise<Uint8Array | undefined> | Uint8Array {
  if (!hasHeader(head.headers, "content-length") && !hasHeader(head.headers, "transfer-encoding")) return NO_BODY;
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}

const NO_BODY = new Uint8Array(0);

/** The exchange of a request: parsed once, validated once. */
export async function exchangeOf(spec: Spec, head: RequestHead, body: Uint8Array): Promise<Exchange> {
  const json = jsonOf(head.headers, body);
  const contentType = headerValue(head.headers, "content-type");
  const form = contentType?.toLowerCase().startsWith("multipart/") ? await formOf(head.headers, body) : undefined;
  const found = spec.operationOf(head.method, head.path, json);
  const { operation, params = {} } = found ?? {};
  const findings =
    operation === undefined ? [] : spec.validateRequest({ operation, params, query: head.query, contentType, body, json });
  return { ...head, body, json, form, operation, params, findings };
}
