import type { Answer } from "../exchange/index.ts";
import { asgiResponse } from "../asgi/index.ts";
import type { Header } from "../http/index.ts";

/** A refusal as OGL words it: `{"detail": …}`. */
export function refuse(status: number, detail: unknown, headers: readonly Header[] = []): Answer {
  return refuseWith(status, Buffer.from(JSON.stringify({ detail })), headers);
}

/** A refusal with a body that is spelled already. */
export function refuseWith(status: number, body: Uint8Array, headers: readonly Header[] = []): Answer {
  return {
    script: asgiResponse(status, body, headers),
    by: { kind: "ogl", refused: status },
  };
}

/**
 * What OGL answers where its code fails: text, after which the server closes the connection without saying so
 * (observed on 0.4.1: chat-array-root).
 */
export function failure(): Answer {
  const body = Buffer.from("Internal Server Error");
  const script = asgiResponse(500, body, [], "text/plain; charset=utf-8");
  return {
    script: { ...script, ops: [{ op: "write", bytes: body }, { op: "close" }] },
    by: { kind: "ogl", refused: 500 },
  };
}

/** The answer to a HEAD: the head of the answer to a GET, content-length included, and no body. */
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
