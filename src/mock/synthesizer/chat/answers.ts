import { STATUS_CODES } from "node:http";
import { type Answer, type AnsweredBy, upstreamRefusal } from "../../../exchange/index.ts";
import { simpleScript } from "../../../http/index.ts";
import { refuse } from "../../../ogl/index.ts";
import { synthesized } from "../base/index.ts";
import type { Refused } from "./completion.ts";

/** Makes a 200 answer with JSON, after `wait` ms. */
export function answered(value: object, by: AnsweredBy, wait = 0): Answer {
  return { script: { ...simpleScript(200, "OK", Buffer.from(JSON.stringify(value))), wait }, by };
}

/**
 * Makes an upstream's refusal as OGL relays it: in JSON its message under `detail`, in a stream the upstream's own body
 * (observed on 0.4.1: chat-up-e400, stream-up-e400).
 *
 * @param replied whether a reply of the config's `respond` requested the refusal
 */
export function relayed({ status, message }: Refused, stream: boolean, replied: boolean): Answer {
  const refusal = refuse(status, message);
  const by: AnsweredBy = replied
    ? { kind: "reply", from: "respond", refused: status }
    : synthesized(upstreamRefusal(status));
  const { head } = refusal.script;
  if (head === null) return { ...refusal, by };
  const reason = STATUS_CODES[status] ?? "";
  if (!stream) return { by, script: { ...refusal.script, head: { ...head, reason } } };
  const error = { object: "error", message, type: "BadRequestError", param: null, code: status };
  return {
    by,
    script: {
      wait: 0,
      head: {
        ...head,
        reason,
        framing: "chunked",
        headers: [
          ["date", null],
          ["server", "uvicorn"],
          ["content-type", "text/event-stream; charset=utf-8"],
          ["Transfer-Encoding", null],
        ],
      },
      ops: [{ op: "write", bytes: Buffer.from(JSON.stringify(error)) }, { op: "complete" }],
    },
  };
}
