import type { Answer } from "../exchange/index.ts";
import { STREAM_HEADERS, asgiResponse } from "../asgi/index.ts";
import { type Header, type Script, hasHeader } from "../http/index.ts";

/**
 * Makes a refusal in OGL's form: `{"detail": …}`.
 *
 * @param more the reason beyond the detail, for logs: `"gpt-4o"; there are qwen3-coder, …`
 */
export function refuse(
  status: number,
  detail: string,
  more?: string,
  headers: readonly Header[] = [],
): Answer {
  const why = more === undefined ? detail : `${detail.replace(/\.$/, "")}: ${more}`;
  return refuseWith(status, detailBody(detail), why, headers);
}

/** The body of a refusal in OGL's form. */
export function detailBody(detail: string): Uint8Array {
  return Buffer.from(JSON.stringify({ detail }));
}

/** Makes a refusal with a body in JSON. @param why the reason, for logs */
export function refuseWith(
  status: number,
  body: Uint8Array,
  why: string,
  headers: readonly Header[] = [],
): Answer {
  return {
    script: asgiResponse(status, body, headers),
    by: { kind: "ogl", refused: status, why },
  };
}

/**
 * Makes OGL's answer to a failure of its own code: text, after which the server closes the connection without announcing
 * it (observed on 0.4.1: chat-array-root).
 *
 * @param why the failure, for logs
 */
export function failure(why: string): Answer {
  const body = Buffer.from("Internal Server Error");
  const script = asgiResponse(500, body, [], "text/plain; charset=utf-8");
  return {
    script: { ...script, ops: [{ op: "write", bytes: body }, { op: "close" }] },
    by: { kind: "ogl", refused: 500, why: `Internal Server Error: ${why}` },
  };
}

/** Makes the rewritten part's answer to a failure of its own code (admin-routers-55). @param why the failure, for logs */
export function unexpected(why: string): Answer {
  return refuse(500, "An unexpected error occurred", why);
}

/**
 * Makes the answer with which OGL relays an upstream's refusal: in JSON the upstream's message as the detail, in a stream the
 * upstream's own words as they came (observed on 0.4.1: chat-up-e400, stream-up-e400).
 *
 * @param stream true if the client wants a stream
 */
export function relayRefusal(status: number, message: string, stream: boolean): Script {
  const refusal = refuse(status, message).script;
  if (!stream || refusal.head === null) return refusal;
  const error = { object: "error", message, type: "BadRequestError", param: null, code: status };
  return {
    wait: 0,
    head: { ...refusal.head, framing: "chunked", headers: STREAM_HEADERS },
    ops: [{ op: "write", bytes: Buffer.from(JSON.stringify(error)) }, { op: "complete" }],
  };
}

/** Makes the answer to a HEAD of the answer to a GET: its head, content-length included, and no body. */
export function withoutBody(answer: Answer): Answer {
  const { script } = answer;
  const size = script.ops.reduce((sum, op) => sum + (op.op === "write" ? op.bytes.length : 0), 0);
  const head = script.head && {
    ...script.head,
    framing: "none" as const,
    headers: script.head.headers.map(([name, value]): Header => [
      name,
      name === "content-length" ? String(size) : value,
    ]),
  };
  return { ...answer, script: { ...script, head, ops: [{ op: "complete" }] } };
}

/** Adds headers that an answer lacks, before `content-length` and `content-type`, which Starlette sends last. */
export function withHeaders(answer: Answer, headers: readonly (readonly [string, string])[]): Answer {
  const { script } = answer;
  if (script.head === null || headers.length === 0) return answer;
  const added = headers.filter(([name]) => !hasHeader(script.head?.headers ?? [], name));
  const at = script.head.headers.findIndex(([name]) => /^(?:content-length|content-type)$/i.test(name));
  const all = [...script.head.headers];
  all.splice(at === -1 ? all.length : at, 0, ...added);
  return { ...answer, script: { ...script, head: { ...script.head, headers: all } } };
}
