import type { Socket } from "node:net";
import type { H11Head } from "./head.ts";

/** Takes the body of a request. */
export interface BodyTaker {
  /** Takes a part of the body, without its framing, as it was read. */
  part(bytes: Buffer): void;
  /** The body is complete. Not called if the connection ends before. */
  end(): void;
}

/** A request as uvicorn reads it, for which its connection waits for one answer. */
export class H11Request {
  readonly head: H11Head;
  readonly socket: Socket;
  #whole: Buffer | undefined;
  #taker: BodyTaker | undefined;
  #gone: () => void = ignore;
  readonly #answered: (keeps: boolean) => void;

  /**
   * @param whole the whole body, if it has been read already; an empty one for a request whose body is not read
   * @param answered called when the answer is over; false closes the connection
   */
  constructor(head: H11Head, socket: Socket, whole: Buffer | undefined, answered: (keeps: boolean) => void) {
    this.head = head;
    this.socket = socket;
    this.#whole = whole;
    this.#answered = answered;
  }

  get method(): string {
    return this.head.method;
  }

  get version(): string {
    return this.head.version;
  }

  /** True if the connection ends after the answer, whatever that is. */
  get closes(): boolean {
    return this.head.closes;
  }

  /** Takes the body, of which nothing may have been taken before; a body that nobody takes is dropped. */
  readBody(taker: BodyTaker): void {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole === undefined) this.#taker = taker;
    else {
      if (whole.length > 0) taker.part(whole);
      taker.end();
    }
  }

  /** The whole body, if it has been read already. In its place `readBody` may be called. */
  get wholeBody(): Buffer | undefined {
    return this.#whole;
  }

  /** Takes a function to call when the connection has gone before the answer was over. */
  onGone(gone: () => void): void {
    this.#gone = gone;
  }

  /** Lets the connection have its next request, or closes it. Called once, when the answer is over. */
  answered(keeps: boolean): void {
    this.#taker = undefined;
    this.#gone = ignore;
    this.#answered(keeps);
  }

  /** Hands on bytes of the body, as the reader reads them. */
  take(bytes: Buffer): void {
    this.#taker?.part(bytes);
  }

  /** Hands on the end of the body. */
  endBody(): void {
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.end();
  }

  /** The connection has gone. */
  lose(): void {
    this.#taker = undefined;
    this.#gone();
  }
}

const ignore = (): void => {};
