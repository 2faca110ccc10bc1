import { STATUS_CODES } from "node:http";
import type { End, Header, Op, Script } from "../../../http/index.ts";

/** A script of a whole body, with exactly these headers. @param end how the connection goes on */
export function wholeResponse(
  status: number,
  headers: readonly Header[],
  body: string,
  end: End = "complete",
): Script {
  return {
    wait: 0,
    head: { http: "1.1", status, reason: STATUS_CODES[status] ?? "", framing: "length", headers },
    ops: [...(body === "" ? [] : [{ op: "write", bytes: Buffer.from(body) } as const]), { op: end }],
  };
}

/** A script of a body in chunks, with exactly these headers. @param wait milliseconds before the head */
export function chunkedResponse(headers: readonly Header[], ops: readonly Op[], wait: number): Script {
  return { wait, head: { http: "1.1", status: 200, reason: "OK", framing: "chunked", headers }, ops };
}
