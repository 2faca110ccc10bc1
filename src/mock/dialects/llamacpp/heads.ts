import type { Answer } from "../../../exchange/index.ts";
import { type End, type Header, type Op, type Script, headerValue } from "../../../http/index.ts";
import { chunkedResponse, ownAnswer, wholeResponse } from "../base/index.ts";

const NAME = "llamacpp";
const JSON_TYPE = "application/json; charset=utf-8";
const KEEP_ALIVE: Header = ["Keep-Alive", "timeout=5, max=100"];

/** The headers before those of a body. An origin is echoed; without one the header is empty (observed: llamacpp-server-cors-get). */
function firstHeaders(origin: string | undefined): Header[] {
  return [
    ["Server", "llama.cpp"],
    ["Access-Control-Allow-Origin", origin ?? ""],
  ];
}

/** The value of a request's `Origin`. */
export function originOf(headers: readonly Header[]): string | undefined {
  return headerValue(headers, "origin");
}

/** An answer of status 200. @param more headers at the end */
export function okScript(
  origin: string | undefined,
  body: string,
  type: string = JSON_TYPE,
  more: readonly Header[] = [],
): Script {
  return wholeResponse(
    200,
    [...firstHeaders(origin), ["Content-Type", type], ["Content-Length", null], KEEP_ALIVE, ...more],
    body,
  );
}

/** A stream; the server closes after it (observed: llamacpp-server-stream-usage). */
export function llamacppStream(origin: string | undefined, ops: readonly Op[], wait: number): Script {
  const headers: readonly Header[] = [
    ...firstHeaders(origin),
    ["X-Accel-Buffering", "no"],
    ["Content-Type", "text/event-stream"],
    ["Transfer-Encoding", null],
    KEEP_ALIVE,
  ];
  const closing = ops.map((op): Op => (op.op === "complete" ? { op: "close" } : op));
  return chunkedResponse(headers, closing, wait);
}

/** The answer to a preflight: any method and any header (observed: llamacpp-server-cors-preflight). */
export function llamacppPreflight(origin: string | undefined): Answer {
  const script = wholeResponse(
    200,
    [
      ...firstHeaders(origin),
      ["Access-Control-Allow-Credentials", "true"],
      ["Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"],
      ["Access-Control-Allow-Headers", "*"],
      ["Content-Type", "text/html"],
      KEEP_ALIVE,
      ["Content-Length", null],
    ],
    "",
  );
  return ownAnswer(NAME, "preflight", script);
}

function errorScript(origin: string | undefined, status: number, error: object, end: End): Script {
  const headers: readonly Header[] = [
    ...firstHeaders(origin),
    ["Content-Type", JSON_TYPE],
    ["Content-Length", null],
    ["Connection", "close"],
  ];
  return wholeResponse(status, headers, JSON.stringify({ error }), end);
}

/** Kinds of errors by status. */
const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  500: "server_error",
  501: "not_supported_error",
  503: "unavailable_error",
};

/** A refusal by the server's own code. Its connection stays open, whatever the header says (observed: llamacpp-server-no-messages). */
export function llamacppError(origin: string | undefined, status: number, message: string): Answer {
  const type = TYPES[status] ?? "invalid_request_error";
  const script = errorScript(origin, status, { code: status, message, type }, "complete");
  return ownAnswer(NAME, String(status), script);
}

/** A refusal by the HTTP layer, with its members in another order. @param hasBody whether the request's body stays unread */
export function llamacppNotFound(origin: string | undefined, hasBody: boolean): Answer {
  const error = { message: "File Not Found", type: "not_found_error", code: 404 };
  return ownAnswer(NAME, "404", errorScript(origin, 404, error, hasBody ? "close" : "complete"));
}
