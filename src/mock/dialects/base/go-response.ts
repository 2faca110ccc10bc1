import type { Header, Op, Script } from "../../../http/index.ts";
import { chunkedResponse, wholeResponse } from "./response.ts";

/** A script as Go's net/http sends a body of known length: Content-Type, Date, Content-Length, and no Server. */
export function goResponse(
  status: number,
  contentType: string | undefined,
  body: string,
  more: readonly Header[] = [],
): Script {
  const type: readonly Header[] = contentType === undefined ? [] : [["Content-Type", contentType]];
  return wholeResponse(status, [...type, ...more, ["Date", null], ["Content-Length", null]], body);
}

/** A script as Go's net/http sends a body in chunks. @param wait milliseconds before the head */
export function goStream(contentType: string, ops: readonly Op[], wait: number): Script {
  return chunkedResponse(
    [
      ["Content-Type", contentType],
      ["Date", null],
      ["Transfer-Encoding", null],
    ],
    ops,
    wait,
  );
}

/** JSON as Go's encoder prints it: compact, and safe inside HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
