import type { Trace } from "../exchange/index.ts";
import { Sanitizer } from "../secrets/index.ts";
import type { ExchangeLine } from "./exchange-line.ts";
import { type BodySizes, exchangeLineOf, readBytesOf } from "./line-of.ts";

/** Default limit of a body in the journal, in bytes. */
const MAX_BODY = 16 * 1024;

/** Number of different secrets that are distinguished before the numbering restarts. */
const MAX_SECRETS = 10_000;

/** Makes a sanitizer for lines that are printed at once: it searches for secrets that are recognisable by themselves. */
const newSanitizer = (): Sanitizer => new Sanitizer("", { thorough: false });

/** Prints traces as JSON Lines without the secrets in them: the same secret has the same pseudonym in all lines. */
export class TracePrinter {
  #sanitizer = newSanitizer();
  readonly #maxBody: number;

  /** @param maxBody limit of a body, in bytes; the rest is cut */
  constructor(maxBody: number = MAX_BODY) {
    this.#maxBody = maxBody;
  }

  /** Number of bytes of a body that a line depends on. */
  get readBytes(): number {
    return readBytesOf(this.#maxBody);
  }

  /** @param bytes sizes of the bodies, if the trace lacks parts of them */
  print(trace: Trace, id: number, bytes?: BodySizes): string {
    return JSON.stringify(this.line(trace, id, bytes));
  }

  /** The line as a value. @param maxBody limit of a body, in bytes, where it is not the printer's own */
  line(trace: Trace, id: number, bytes?: BodySizes, maxBody: number = this.#maxBody): ExchangeLine {
    if (this.#sanitizer.size > MAX_SECRETS) this.#sanitizer = newSanitizer();
    const options = { id, sanitizer: this.#sanitizer, maxBody };
    return exchangeLineOf(trace, bytes === undefined ? options : { ...options, bytes });
  }
}
