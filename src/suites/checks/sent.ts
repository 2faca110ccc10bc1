import { decodeSse, headerValue, mediaType, sseEvents, writesOf } from "../../http/index.ts";
import { isObject } from "../../util/index.ts";
import { type RunTrace, expectedExchanges } from "../model/index.ts";

/** Parts of a chat answer that the server sent. */
export interface SentAnswer {
  /** The last one of the first choice. */
  readonly finishReason?: string;
  /** The last one. */
  readonly usage?: Readonly<Record<string, unknown>>;
}

/** Reads finish reason and usage from the answer to the last request, a completion or its chunks. */
export function sentAnswer(trace: RunTrace): SentAnswer {
  const script = expectedExchanges(trace).at(-1)?.answer.script;
  if (script === undefined || script.head === null) return {};
  const bytes = Buffer.concat([...writesOf(script.ops, 1)]);
  const type = mediaType(headerValue(script.head.headers, "content-type"));
  const parts = type === "text/event-stream" ? chunksIn(bytes) : [parsedOrNothing(bytes.toString("utf8"))];
  return Object.assign({}, ...parts.map(answerPartsIn)) as SentAnswer;
}

function chunksIn(bytes: Uint8Array): unknown[] {
  const data = sseEvents(decodeSse(bytes)).map((event) => event.data);
  const done = data.indexOf("[DONE]");
  return (done === -1 ? data : data.slice(0, done)).map(parsedOrNothing);
}

function answerPartsIn(part: unknown): SentAnswer {
  if (!isObject(part)) return {};
  const { usage, choices } = part;
  const first: unknown = Array.isArray(choices)
    ? choices.find((choice) => isObject(choice) && (choice["index"] ?? 0) === 0)
    : undefined;
  const reason = isObject(first) ? first["finish_reason"] : undefined;
  return {
    ...(typeof reason === "string" && reason !== "" ? { finishReason: reason } : {}),
    ...(isObject(usage) ? { usage } : {}),
  };
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
