import { type Answer, type AnsweredBy, upstreamRefusal } from "../../../exchange/index.ts";
import { asgiResponse } from "../../../asgi/index.ts";
import { relayRefusal } from "../../../ogl/index.ts";
import { synthesized } from "../base/index.ts";
import type { Refused } from "./completion.ts";

/** Makes a 200 answer with JSON, after `wait` ms. */
export function answered(value: object, by: AnsweredBy, wait = 0): Answer {
  return jsonAnswer(JSON.stringify(value), by, wait);
}

/** Makes a 200 answer with JSON that is printed already, after `wait` ms. */
export function jsonAnswer(json: string, by: AnsweredBy, wait: number): Answer {
  return { script: { ...asgiResponse(200, Buffer.from(json)), wait }, by };
}

/**
 * Makes an upstream's refusal as OGL relays it: in JSON its message under `detail`, in a stream the upstream's own body
 * (observed on 0.4.1: chat-up-e400, stream-up-e400).
 *
 * @param replied whether a reply of the config's `respond` requested the refusal
 */
export function relayed({ status, message }: Refused, stream: boolean, replied: boolean): Answer {
  const by: AnsweredBy = replied
    ? { kind: "reply", from: "respond", refused: status }
    : synthesized(upstreamRefusal(status));
  return { by, script: relayRefusal(status, message, stream) };
}
