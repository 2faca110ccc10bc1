/** Kinds of frames between the recorder and its worker process. Their order is the protocol: both are of one version. */
const KINDS = ["start", "request", "read", "end", "drop", "closed", "close", "message"] as const;
export type FrameKind = (typeof KINDS)[number];

/** A part of the talk between the recorder and its worker process. */
export interface Frame {
  readonly kind: FrameKind;
  /** Number of the recording: a process may have several. */
  readonly recording: number;
  /** Id of the exchange; 0 for what is not of one. */
  readonly id: number;
  readonly payload: Buffer;
}

/** Kind, recording, id, length. */
const HEADER = 13;

/** The bytes of a frame before its payload. */
export function frameHeader(kind: FrameKind, recording: number, id: number, length: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(KINDS.indexOf(kind), 0);
  header.writeUInt32LE(recording, 1);
  header.writeUInt32LE(id, 5);
  header.writeUInt32LE(length, 9);
  return header;
}

/** Reads frames from the bytes of a stream. */
export class FrameReader {
  #parts: Buffer[] = [];
  #size = 0;
  #needed = HEADER;

  *push(bytes: Buffer): Generator<Frame> {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= this.#needed) {
      const joined = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      const length = joined.readUInt32LE(9);
      this.#needed = HEADER + length;
      if (joined.length < this.#needed) {
        this.#parts = [joined];
        return;
      }
      // A copy: a view would keep the whole read in memory.
      const payload = Buffer.from(joined.subarray(HEADER, this.#needed));
      const kind = KINDS[joined.readUInt8(0)] ?? "message";
      this.#parts = [joined.subarray(this.#needed)];
      this.#size = joined.length - this.#needed;
      this.#needed = HEADER;
      yield { kind, recording: joined.readUInt32LE(1), id: joined.readUInt32LE(5), payload };
    }
  }
}
