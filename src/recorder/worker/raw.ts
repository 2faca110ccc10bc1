import type { UpstreamExchange } from "../../exchange/index.ts";
import { type BodyRead, headerValue, mediaType } from "../../http/index.ts";
import { requestHead } from "../../server/index.ts";
import type { WorkerJob } from "../model/index.ts";

/** Copies an exchange as raw bytes into its own memory, which can be transferred to another thread. */
export function jobOf(exchange: UpstreamExchange): WorkerJob {
  const { id, head, http, requestBody, reads, response, end, endAt } = exchange;
  const request = requestHead(head.method, head.target, http, head.headers);
  return {
    id,
    request: joinedBytes([request, ...requestBody]),
    ...(response === undefined ? {} : { response: joinedBytes(reads.map(({ bytes }) => bytes)) }),
    reads: reads.map(({ at, bytes }) => [at, bytes.length]),
    end,
    endAt,
  };
}

const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const DONE = "data: [DONE]\n\n";

/**
 * Completes an exchange that the client left after `[DONE]`, as openai's clients do (observed: openai 7.57.0 for Node):
 * OGL ends the body some time after it. Other exchanges that a client left are returned as they are.
 */
export function endedByDone(exchange: UpstreamExchange): UpstreamExchange {
  const { end, response, reads, endAt } = exchange;
  if (end !== "aborted" || response === undefined || response.complete) return exchange;
  const type = mediaType(headerValue(response.headers, "content-type"));
  if (type !== "text/event-stream" || !tailOf(response.reads).endsWith(DONE)) return exchange;
  if (response.framing === "eof") return { ...exchange, end: "close" };
  if (response.framing !== "chunked") return exchange;
  return { ...exchange, end: "complete", reads: [...reads, { at: endAt, bytes: LAST_CHUNK }] };
}

/** The end of a body, at least as long as the `[DONE]` event. */
function tailOf(reads: readonly BodyRead[]): string {
  let tail = "";
  for (let i = reads.length - 1; i >= 0 && tail.length < DONE.length; i--)
    tail = Buffer.from(reads[i]?.bytes ?? []).toString("latin1") + tail;
  return tail;
}

/** The buffers of a job, to be transferred rather than copied. */
export function buffersOf({ request, response }: WorkerJob): ArrayBuffer[] {
  return [request, ...(response ? [response] : [])].map((bytes) => bytes.buffer as ArrayBuffer);
}

/** Joins parts in a buffer of their own; that of `Buffer.concat` may belong to a pool and can't be transferred. */
function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
