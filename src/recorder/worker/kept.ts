import type { UpstreamAnswer } from "../../exchange/index.ts";
import type { WorkerJob } from "../model/index.ts";

/** End of an exchange that is recorded. */
export interface EndMark {
  readonly end: WorkerJob["end"];
  readonly endAt: number;
  /** Absent if no head came. */
  readonly answer?: {
    /** The heads as the client got them, as Latin-1. */
    readonly head: string;
    readonly headAt: number;
    readonly headEnd: number;
  };
  /** Bytes that complete an answer whose client left at its last event, as Latin-1. */
  readonly added?: string;
}

/** The mark of an answer that came to its end, or was cut. */
export function endMark(answer: UpstreamAnswer | undefined, end: WorkerJob["end"], endAt: number): EndMark {
  if (answer === undefined) return { end, endAt };
  const { head, headAt, headEnd } = answer;
  return { end, endAt, answer: { head: Buffer.from(head).toString("latin1"), headAt, headEnd } };
}

/** The mark of an answer that its client left at the `[DONE]` event; `undefined` if its framing can't be completed there. */
export function doneMark(answer: UpstreamAnswer, endAt: number): EndMark | undefined {
  const { completion, endsWithConnection } = answer;
  if (completion === undefined) return undefined;
  return { ...endMark(answer, endsWithConnection ? "close" : "complete", endAt), added: completion };
}

/** An exchange whose bytes are kept until it is written. */
export class KeptExchange {
  readonly id: number;
  readonly requests: Uint8Array[] = [];
  readonly reads: (readonly [at: number, bytes: Uint8Array])[] = [];
  size = 0;

  constructor(id: number) {
    this.id = id;
  }

  addRequest(bytes: Uint8Array): void {
    this.requests.push(bytes);
    this.size += bytes.length;
  }

  addRead(at: number, bytes: Uint8Array): void {
    this.reads.push([at, bytes]);
    this.size += bytes.length;
  }

  /** The exchange in buffers of its own, which can be transferred to a thread. Large parts are gone afterwards. */
  job({ end, endAt, answer, added = "" }: EndMark): WorkerJob {
    const request = joinedBytes(this.requests);
    if (answer === undefined) return { id: this.id, request, reads: [], end, endAt };
    const parts: [number, Uint8Array][] = [[answer.headAt, Buffer.from(answer.head, "latin1")]];
    let seen = 0;
    for (const [at, bytes] of this.reads) {
      const from = Math.max(0, answer.headEnd - seen);
      seen += bytes.length;
      if (from < bytes.length) parts.push([at, bytes.subarray(from)]);
    }
    if (added !== "") parts.push([endAt, Buffer.from(added, "latin1")]);
    return {
      id: this.id,
      request,
      response: joinedBytes(parts.map(([, bytes]) => bytes)),
      reads: parts.map(([at, { length }]) => [at, length]),
      end,
      endAt,
    };
  }
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
    giveBack(part);
  }
  return whole;
}

/** Gives the memory of a part back at once, unless others share its buffer: a collection may be far off. */
function giveBack({ buffer, length }: Uint8Array): void {
  if (length > SHARED && buffer.byteLength <= length + TIME && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}

/** Size (bytes) up to which Node puts several buffers into one. */
const SHARED = 8 * 1024;
/** Bytes of the time before a read. */
const TIME = 8;
