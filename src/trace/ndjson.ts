import type { Trace } from "../exchange/index.ts";
import { Sanitizer } from "../secrets/index.ts";
import { exchangeLineOf } from "./line-of.ts";

/** A body longer than this, in bytes, is cut in the journal, where nothing else is said. */
const MAX_BODY = 16 * 1024;

/** So many different secrets are told apart before the numbering starts anew. */
const MAX_SECRETS = 10_000;

/** A line is printed on the way, and not kept: what is looked for is what gives itself away. */
const newSanitizer = (): Sanitizer => new Sanitizer("", { thorough: false });

/** Prints traces as JSON Lines without the secrets in them: the same secret has the same pseudonym in all lines. */
export class TracePrinter {
  #sanitizer = newSanitizer();
  readonly #maxBody: number;

  /** @param maxBody a body longer than this, in bytes, is cut */
  constructor(maxBody: number = MAX_BODY) {
    this.#maxBody = maxBody;
  }

  print(trace: Trace, id: number): string {
    if (this.#sanitizer.size > MAX_SECRETS) this.#sanitizer = newSanitizer();
    return JSON.stringify(exchangeLineOf(trace, { id, sanitizer: this.#sanitizer, maxBody: this.#maxBody }));
  }
}
