/** Largest line of the protocol, in bytes. */
const MAX_LINE = 16 * 1024 * 1024;

const LF = 10;

/** Cuts a stream of bytes into lines without reading it anew for each read. */
export class Lines {
  readonly #line: (line: string) => void;
  readonly #tooLong: () => void;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param tooLong called for a line of more than 16 MiB; what has come of it is dropped */
  constructor(line: (line: string) => void, tooLong: () => void) {
    this.#line = line;
    this.#tooLong = tooLong;
  }

  push(bytes: Buffer): void {
    let from = 0;
    for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, from)) {
      this.#keep(bytes.subarray(from, end));
      from = end + 1;
      this.#give();
    }
    this.#keep(bytes.subarray(from));
  }

  /** Ends the stream: a last line may lack its end. */
  end(): void {
    if (this.#bytes > 0) this.#give();
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#bytes += bytes.length;
    if (this.#bytes <= MAX_LINE) this.#parts.push(bytes);
    else this.#parts = [];
  }

  #give(): void {
    const whole = this.#bytes <= MAX_LINE ? Buffer.concat(this.#parts).toString("utf8") : undefined;
    this.#parts = [];
    this.#bytes = 0;
    if (whole === undefined) this.#tooLong();
    else this.#line(whole.replace(/\r$/, ""));
  }
}
