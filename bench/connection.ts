import { connect, type Socket } from "node:net";
import { type AnswerEnd, answerEnd } from "./answer-end.ts";
import { type Expected, firstAnswer } from "./expected.ts";

/** What the connections of one run share. */
export interface Window {
  /** Answers that came while it was open. */
  requests: number;
  /** Requests are sent and answers counted. */
  open: boolean;
  readonly firstChunkMs: number[];
  /** From sending each request to the last byte of its answer, in ms; `undefined` if nobody wants to know. */
  readonly answerMs: number[] | undefined;
}

interface ConnectionOptions {
  readonly port: number;
  /** The request to send next. */
  readonly next: () => Buffer;
  readonly expected: Expected;
  readonly buffer: Buffer;
  readonly window: Window;
}

const STATUS_LINE = Buffer.from("HTTP/1.1 200");

/**
 * One keep-alive connection of the load generator. It knows how long an answer is from the first one, and from then on
 * only counts bytes: on two cores the generator must cost much less than the servers.
 */
export class BenchConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  /** Set where answers differ in length. */
  readonly #end: AnswerEnd | undefined;
  #firstBytes: Buffer[] | undefined = [];
  /** The lengths of an answer and of its head. */
  #length = 0;
  #head = 0;
  #received = 0;
  #sentAt = 0;
  /** Set also where nobody waits, as between the first answer and the next request. */
  #failure: Error | undefined;
  #done = (): void => {};
  #fail: (error: Error) => void = () => {};

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { statuses } = options.expected;
    this.#end = statuses === undefined ? undefined : answerEnd(statuses);
    this.#socket = connect({
      host: "127.0.0.1",
      port: options.port,
      noDelay: true,
      onread: { buffer: options.buffer, callback: (size) => this.#read(size) },
    });
    const fail = (error: Error): void => {
      this.#failure ??= error;
      this.#fail(error);
    };
    this.#socket.on("error", fail);
    this.#socket.on("close", () => fail(new Error("the server closed a connection")));
  }

  /** The first request; its answer is taken apart. */
  first(): Promise<void> {
    return this.#until(() => this.#send());
  }

  /** Requests as long as the window is open; resolves with the last answer. */
  repeat(): Promise<void> {
    return this.#until(() => this.#send());
  }

  destroy(): void {
    this.#fail = () => {};
    this.#socket.destroy();
  }

  #until(begin: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done = resolve;
      this.#fail = reject;
      if (this.#failure === undefined) begin();
      else reject(this.#failure);
    });
  }

  #send(): void {
    this.#received = 0;
    const { expected, window, next } = this.#options;
    if (expected.stream || window.answerMs !== undefined) this.#sentAt = performance.now();
    this.#socket.write(next());
  }

  #read(size: number): boolean {
    if (this.#firstBytes !== undefined) this.#readFirst(this.#firstBytes, size);
    else this.#count(size);
    return true; // goes on reading
  }

  #readFirst(parts: Buffer[], size: number): void {
    parts.push(Buffer.from(this.#options.buffer.subarray(0, size)));
    try {
      const lengths = firstAnswer(Buffer.concat(parts), this.#options.expected);
      if (lengths === undefined) return;
      this.#length = lengths.length;
      this.#head = lengths.head;
      this.#firstBytes = undefined;
      this.#done();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #count(size: number): void {
    const { window, expected, buffer } = this.#options;
    const before = this.#received;
    this.#received += size;
    if (expected.stream && window.open && before <= this.#head && this.#received > this.#head) {
      window.firstChunkMs.push(performance.now() - this.#sentAt);
    }
    try {
      const ended =
        this.#end === undefined ? this.#endsByLength(before, size) : this.#end.take(buffer.subarray(0, size));
      if (ended) this.#answered();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** True if the answer has now the length of the first one. */
  #endsByLength(before: number, size: number): boolean {
    const { buffer } = this.#options;
    for (let i = before; i < STATUS_LINE.length && i < this.#received; i++) {
      if (buffer[i - before] !== STATUS_LINE[i])
        throw new Error(
          `an answer begins with ${JSON.stringify(buffer.toString("latin1", 0, Math.min(size, 40)))}`,
        );
    }
    if (this.#received > this.#length)
      throw new Error(`an answer has ${this.#received} bytes, the first one had ${this.#length}`);
    return this.#received === this.#length;
  }

  #answered(): void {
    const { window } = this.#options;
    if (!window.open) {
      this.#done();
      return;
    }
    window.requests++;
    window.answerMs?.push(performance.now() - this.#sentAt);
    this.#send();
  }
}
