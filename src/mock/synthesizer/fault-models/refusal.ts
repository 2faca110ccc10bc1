import { STREAM_HEADERS, asgiResponse } from "../../../asgi/index.ts";
import type { Script } from "../../../http/index.ts";
import { failure } from "../../../ogl/index.ts";
import { isObject } from "../../../util/index.ts";
import type { UpstreamRefusal } from "./types.ts";

/**
 * Makes an upstream's refusal as OGL relays it: in a stream its first line as it came, in JSON its body as the detail, or the
 * message that a body of vLLM has (observed on 0.4.1: stream-up-e503-html, chat-up-e422, chat-up-e400).
 */
export function relayedBody({ status, body }: UpstreamRefusal, stream: boolean): Script {
  if (stream) return streamedLine(status, body);
  const detail = relayedDetail(body);
  return detail === undefined
    ? failure("the upstream's error is JSON, but no object or list").script
    : asgiResponse(status, Buffer.from(JSON.stringify({ detail: detail.value })));
}

/** Refusal without a body is an internal error in a stream (observed on 0.4.1: stream-up-redirect). */
const NO_LINE = 'event: error\ndata: {"error": {"message": "Internal Server Error"}}\n\n';

function streamedLine(status: number, body: string): Script {
  const [line = ""] = body.split("\n", 1);
  const { head } = asgiResponse(line === "" ? 500 : status, new Uint8Array(0));
  return {
    wait: 0,
    head: head && { ...head, framing: "chunked", headers: STREAM_HEADERS },
    ops: [{ op: "write", bytes: Buffer.from(line === "" ? NO_LINE : line) }, { op: "complete" }],
  };
}

/** Detail of the relayed error; `undefined` if OGL fails on it (observed on 0.4.1: chat-up-e400-num). */
function relayedDetail(body: string): { readonly value: unknown } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { value: body };
  }
  if (Array.isArray(json)) return { value: json };
  if (!isObject(json)) return undefined;
  const { message } = json;
  return { value: typeof message === "string" ? pythonLiteral(message) : json };
}

/** Value of a message that is spelled as a Python list or dictionary, which OGL evaluates (observed on 0.4.1: chat-up-e424). */
function pythonLiteral(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text.replaceAll("'", '"'));
  } catch {
    return text;
  }
}
