import type { Output } from "./io.ts";

/** Bytes that wait for a reader before lines are dropped. */
const MAX_WAITING = 1024 * 1024;

/**
 * Output of a server, which goes on without it: lines that nobody reads are dropped, and their number is printed when there is a
 * reader again; a reader that has left is not missed.
 */
export class LossyOutput {
  readonly #stream: Output;
  readonly #droppedText: (lines: number) => string;
  #waiting = 0;
  #dropped = 0;
  #gone = false;

  /** @param droppedText makes the line about dropped lines */
  constructor(stream: Output, droppedText: (lines: number) => string) {
    this.#stream = stream;
    this.#droppedText = droppedText;
    stream.on("error", () => {
      this.#gone = true;
    });
  }

  /** Writes a line. */
  line(text: string): void {
    if (this.#gone) return;
    if (this.#waiting > MAX_WAITING) {
      this.#dropped++;
      return;
    }
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      this.#write(this.#droppedText(count));
    }
    this.#write(text);
  }

  #write(text: string): void {
    this.#waiting += text.length;
    this.#stream.write(`${text}\n`, () => {
      this.#waiting -= text.length;
    });
  }
}
