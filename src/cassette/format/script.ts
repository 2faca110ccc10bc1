import { type Op, type Script, reasonPhrase } from "../../http/index.ts";
import { type ReadSideFile, encodeBody } from "./codec.ts";
import type { CassetteResponse } from "./types.ts";

/** A recorded response as a script. */
export function scriptOf(response: CassetteResponse, readSideFile?: ReadSideFile): Script {
  const ops: Op[] = [];
  for (const write of encodeBody(response.body ?? [], readSideFile)) {
    if (write.wait > 0) ops.push({ op: "wait", ms: write.wait });
    ops.push({ op: "write", bytes: write.bytes, ...(write.flush ? { flush: true } : {}) });
  }
  const end = response.end ?? { how: "complete" };
  if (end.wait !== undefined && end.wait > 0) ops.push({ op: "wait", ms: end.wait });
  ops.push({ op: end.how });
  return {
    wait: response.wait ?? 0,
    ...(response.early ? { early: true } : {}),
    head: scriptHead(response),
    ops,
  };
}

function scriptHead(response: CassetteResponse): Script["head"] {
  if (response.status === undefined) return null;
  return {
    http: response.http ?? "1.1",
    status: response.status,
    reason: response.reason ?? reasonPhrase(response.status) ?? "",
    headers: response.headers ?? [],
    framing: response.framing ?? "length",
    ...(response.trailers ? { trailers: response.trailers } : {}),
    ...(response.informational
      ? { informational: response.informational.map((info) => ({ headers: [], ...info })) }
      : {}),
  };
}
