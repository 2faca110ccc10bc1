import type { Op, Script } from "../../http/index.ts";
import type { Heard } from "./connection.ts";

/** Makes a script of an answer as it came: the same bytes in the same pieces, with the waits between them. */
export function scriptHeard({ message, hasHead, ended }: Heard): Script {
  const { http, status, reason, headers, framing, informational, trailers, reads, headAt } = message;
  const ops: Op[] = reads.flatMap(({ at, bytes }, i): Op[] => {
    const gap = at - (reads[i - 1]?.at ?? headAt);
    return [...(gap > 0 ? [{ op: "wait", ms: gap } as const] : []), { op: "write", bytes }];
  });
  return {
    wait: headAt,
    head: hasHead ? { http, status, reason, headers, framing, informational, trailers } : null,
    ops: [...ops, { op: ended === "aborted" ? "stall" : ended }],
  };
}
