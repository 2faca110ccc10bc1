import { GatetapeError } from "../../util/index.ts";
import { blankLineEnd, linesOf, readH11Fields } from "./head.ts";

/** Chunked bytes that h11 refuses. */
export class H11ChunkError extends GatetapeError<"bad-chunk"> {
  override readonly name = "H11ChunkError";
}

/** A size, an extension (anything up to the end of the line) and, leniently, blanks. */
const SIZE_LINE = /^([0-9A-Fa-f]{1,20})(?:;[^\n]*|[ \t]*)$/;
/** Length (bytes) of a line or of trailers above which h11 refuses them as incomplete. */
const MAX_LINE = 64 * 1024;

const LF = 10;
const CR = 13;

type State = "size" | "data" | "data-end" | "trailers" | "done";

/**
 * Reads a chunked body as h11 0.16 does: sizes of up to 20 digits, any extension, and trailers; only these allow a bare
 * LF.
 */
export class H11Chunks {
  #state: State = "size";
  #left = 0;
  /** The bytes so far of an incomplete line or of incomplete trailers. */
  #begun: Buffer = NOTHING;

  /** True after the end of the body. */
  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Reads bytes of the body.
   *
   * @param onData called with each part of the body's data
   * @returns the number of bytes that belong to the body: all, or those up to its end
   * @throws H11ChunkError `bad-chunk` if h11 refuses the bytes
   */
  push(bytes: Buffer, onData: (chunk: Buffer) => void): number {
    let at = 0;
    while (at < bytes.length && !this.done) at = this.#step(bytes, at, onData);
    return at;
  }

  #step(bytes: Buffer, at: number, onData: (chunk: Buffer) => void): number {
    switch (this.#state) {
      case "data": {
        const end = Math.min(bytes.length, at + this.#left);
        this.#left -= end - at;
        onData(bytes.subarray(at, end));
        if (this.#left === 0) {
          this.#state = "data-end";
          this.#left = 2;
        }
        return end;
      }
      case "data-end":
        if (bytes[at] !== (this.#left === 2 ? CR : LF))
          throw new H11ChunkError("bad-chunk", {}, "a chunk is not at its end");
        if (--this.#left === 0) this.#state = "size";
        return at + 1;
      default:
        return this.#line(bytes, at);
    }
  }

  #line(bytes: Buffer, at: number): number {
    const before = this.#begun.length;
    const rest = bytes.subarray(at);
    const text = before === 0 ? rest : Buffer.concat([this.#begun, rest]);
    const end = this.#state === "size" ? lineEnd(text, before) : trailersEnd(text, before);
    if (end === 0) {
      if (text.length > MAX_LINE) throw new H11ChunkError("bad-chunk", {}, "a line is too long");
      this.#begun = before === 0 ? Buffer.from(text) : text;
      return bytes.length;
    }
    if (this.#state === "size") this.#size(text.toString("latin1", 0, end - 2));
    else this.#trailers(text.subarray(0, end));
    this.#begun = NOTHING;
    return at + end - before;
  }

  #size(line: string): void {
    const digits = SIZE_LINE.exec(line)?.[1];
    if (digits === undefined) throw new H11ChunkError("bad-chunk", {}, "not a chunk size");
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? "trailers" : "data";
  }

  #trailers(bytes: Buffer): void {
    if (bytes.length > 2 && readH11Fields(linesOf(bytes)) === undefined)
      throw new H11ChunkError("bad-chunk", {}, "not a trailer");
    this.#state = "done";
  }
}

const NOTHING = Buffer.alloc(0);

/** Finds the end of the first line, which only CR LF ends here; 0 if it is not there yet. */
function lineEnd(text: Buffer, from: number): number {
  const at = text.indexOf("\r\n", Math.max(0, from - 1), "latin1");
  return at === -1 ? 0 : at + 2;
}

/** Finds the end of the trailers: at once, or at a blank line; 0 if it is not there yet. */
function trailersEnd(text: Buffer, from: number): number {
  if (text[0] === LF) return 1;
  if (text[0] === CR && text[1] === LF) return 2;
  return blankLineEnd(text, from);
}
