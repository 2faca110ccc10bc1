import { STATUS_CODES } from "node:http";
import type { Header, Op, Script } from "../../../http/index.ts";

/** A script as Go's net/http sends a body of known length: Content-Type, Date, Content-Length, and no Server. */
export function goResponse(
  status: number,
  contentType: string | undefined,
  body: string,
  more: readonly Header[] = [],
): Script {
  const type: readonly Header[] = contentType === undefined ? [] : [["Content-Type", contentType]];
  return {
    wait: 0,
    head: {
      http: "1.1",
      status,
      reason: STATUS_CODES[status] ?? "",
      framing: "length",
      headers: [...type, ...more, ["Date", null], ["Content-Length", null]],
    },
    ops: [...(body === "" ? [] : [{ op: "write", bytes: Buffer.from(body) } as const]), { op: "complete" }],
  };
}

/** A script as Go's net/http sends a body in chunks. @param wait milliseconds before the head */
export function goStream(contentType: string, ops: readonly Op[], wait: number): Script {
  return {
    wait,
    head: {
      http: "1.1",
      status: 200,
      reason: "OK",
      framing: "chunked",
      headers: [
        ["Content-Type", contentType],
        ["Date", null],
        ["Transfer-Encoding", null],
      ],
    },
    ops,
  };
}
