import { requestHead, type UpstreamExchange } from "../gateway/index.ts";
import type { ScribeJob } from "./types.ts";

/** An exchange as raw bytes in memory of its own, which can be given away to another thread. */
export function jobOf(exchange: UpstreamExchange): ScribeJob {
  const { id, head, http, requestBody, reads, response, end, endAt } = exchange;
  const request = requestHead(head.method, head.target, http, head.headers);
  return {
    id,
    request: joined([request, ...requestBody]),
    ...(response === undefined ? {} : { response: joined(reads.map(({ bytes }) => bytes)) }),
    reads: reads.map(({ at, bytes }) => [at, bytes.length]),
    end,
    endAt,
  };
}

/** The buffers of a job, to be moved rather than copied. */
export function buffersOf({ request, response }: ScribeJob): ArrayBuffer[] {
  return [request, ...(response ? [response] : [])].map((bytes) => bytes.buffer as ArrayBuffer);
}

/** Not `Buffer.concat`, whose memory is part of a pool. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
