import { tenths } from "../util/index.ts";
import { Sanitizer } from "../cassette/index.ts";
import { type Header, writesOf } from "../wire/index.ts";
import type { FaultNote, Trace } from "./trace.ts";

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
    const { request, answer, delivery } = trace;
    const { head, ops } = answer.script;
    const line = {
      id,
      at: new Date(trace.startedAt).toISOString(),
      session: trace.session,
      operation: trace.operation ?? null,
      request: {
        method: request.method,
        target: this.#text(request.target),
        headers: this.#headers(request.headers),
        ...(request.body ? this.#body([request.body]) : {}),
      },
      findings: trace.findings.map((finding) => ({ ...finding, message: this.#text(finding.message) })),
      answer: {
        by: this.#text(answer.by),
        ...(answer.faults === undefined ? {} : { faults: answer.faults.map((note) => this.#fault(note)) }),
        status: head?.status ?? null,
        headers: this.#headers(head?.headers ?? []),
        ...this.#body([...writesOf(ops, 1)]),
      },
      delivered: {
        ended: delivery.ended,
        writes: delivery.writes,
        bytes: delivery.bytes,
        at: delivery.at.map(tenths),
        ms: tenths(trace.ms),
      },
    };
    return JSON.stringify(line);
  }

  #text(text: string): string {
    return this.#sanitizer.replaceText(text);
  }

  /** Faults may come from a request's header. */
  #fault(note: FaultNote): FaultNote {
    return { ...note, fault: this.#text(note.fault) };
  }

  #headers(headers: readonly Header[]): Header[] {
    return headers.map(([name, value]) => [
      name,
      value === null ? null : this.#sanitizer.replaceHeader(name, value),
    ]);
  }

  /** Secrets are replaced before the body is cut: the end of a cut one would not be known for what it is. */
  #body(parts: readonly Uint8Array[]): { bytes: number; body?: string; cut?: true } {
    const whole = Buffer.concat(parts);
    if (whole.length === 0) return { bytes: 0 };
    const body = Buffer.concat(this.#sanitizer.replaceWrites([whole]));
    const cut = body.length > this.#maxBody;
    return {
      bytes: whole.length,
      body: body.subarray(0, this.#maxBody).toString("utf8"),
      ...(cut ? { cut: true } : {}),
    };
  }
}
