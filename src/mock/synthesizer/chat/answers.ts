import { type Answer, type AnsweredBy, upstreamRefusal } from "../../../exchange/index.ts";
import { STREAM_HEADERS, asgiResponse } from "../../../asgi/index.ts";
import { refuse } from "../../../ogl/index.ts";
import { synthesized } from "../base/index.ts";
import type { Refused } from "./completion.ts";

/** A 200 with JSON. */
export function answered(value: object, by: AnsweredBy, wait = 0): Answer {
  return { script: { ...asgiResponse(200, Buffer.from(JSON.stringify(value))), wait }, by };
}

/**
 * An upstream's refusal as OGL hands it on: in JSON its message as the detail, in a stream the upstream's own words as they
 * came (observed on 0.4.1: chat-up-e400, stream-up-e400).
 *
 * @param replied whether a reply of the config's `respond` asked for the refusal
 */
export function relayed({ status, message }: Refused, stream: boolean, replied: boolean): Answer {
  const refusal = refuse(status, message);
  const by: AnsweredBy = replied
    ? { kind: "reply", from: "respond", refused: status }
    : synthesized(upstreamRefusal(status));
  const { head } = refusal.script;
  if (head === null) return { ...refusal, by };
  if (!stream) return { by, script: refusal.script };
  const error = { object: "error", message, type: "BadRequestError", param: null, code: status };
  return {
    by,
    script: {
      wait: 0,
      head: {
        ...head,
        framing: "chunked",
        headers: STREAM_HEADERS,
      },
      ops: [{ op: "write", bytes: Buffer.from(JSON.stringify(error)) }, { op: "complete" }],
    },
  };
}
