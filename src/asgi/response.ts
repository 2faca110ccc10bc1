import { type Header, type Script, reasonPhrase } from "../http/index.ts";

/** Content type of a stream of events: Starlette adds the charset to each `text/` type. */
export const EVENT_STREAM_TYPE = "text/event-stream; charset=utf-8";

/**
 * The headers of an answer: uvicorn's `date` and `server` first, then the application's in their order (observed on 0.4.1:
 * all captures).
 */
export function uvicornHeaders(...headers: readonly Header[]): Header[] {
  return [["date", null], ["server", "uvicorn"], ...headers];
}

/**
 * The headers of an answer whose length is known.
 *
 * @param contentType `undefined` for an answer without a body's type
 * @param more headers of the application's own, which Starlette sends before `content-length`
 */
export function lengthHeaders(contentType: string | undefined, more: readonly Header[] = []): Header[] {
  const type: Header[] = contentType === undefined ? [] : [["content-type", contentType]];
  return uvicornHeaders(...more, ["content-length", null], ...type);
}

/** The headers of a stream of events in chunks; h11 adds `Transfer-Encoding` last, in this spelling. */
export const STREAM_HEADERS: readonly Header[] = uvicornHeaders(
  ["content-type", EVENT_STREAM_TYPE],
  ["Transfer-Encoding", null],
);

/** Phrases of Python 3.12 that differ from Node's (observed on 0.4.1: documents-31). */
const REASONS: Readonly<Record<number, string>> = {
  413: "Request Entity Too Large",
  414: "Request-URI Too Long",
  416: "Requested Range Not Satisfiable",
};

/**
 * A script that answers at once with one body of known length, as FastAPI sends one.
 *
 * @param headers sent between `server` and `content-length`
 */
export function asgiResponse(
  status: number,
  body: Uint8Array,
  headers: readonly Header[] = [],
  contentType = "application/json",
): Script {
  return {
    wait: 0,
    head: {
      http: "1.1",
      status,
      reason: REASONS[status] ?? reasonPhrase(status) ?? "",
      framing: "length",
      headers: lengthHeaders(contentType, headers),
    },
    ops: [{ op: "write", bytes: body }, { op: "complete" }],
  };
}
