import { type Trace, answeredByText } from "../exchange/index.ts";
import { Sanitizer } from "../secrets/index.ts";
import { visible, visibleJson } from "../util/index.ts";
import { LossyOutput, type Output, count } from "./support/index.ts";

/** Characters of a target or reason that are printed. */
const MAX_SHOWN = 1000;
/** Characters that are looked at: a secret may begin among those that are printed. */
const MAX_READ = 16 * 1024;
/** Number of secrets that are told apart before the numbering restarts. */
const MAX_SECRETS = 10_000;

/** Log of requests as they end, without the secrets in them. */
export class TraceLog {
  #sanitizer = newSanitizer();
  readonly #output: LossyOutput;
  readonly #json: boolean;

  constructor(stdout: Output, json: boolean) {
    this.#json = json;
    this.#output = new LossyOutput(stdout, (lines) =>
      json
        ? JSON.stringify({ dropped: lines })
        : `${count(lines, "line")} of this log dropped: nobody read them`,
    );
  }

  add(trace: Trace): void {
    if (this.#sanitizer.size > MAX_SECRETS) this.#sanitizer = newSanitizer();
    this.#output.line(this.#json ? this.#jsonLine(trace) : this.#textLine(trace));
  }

  #textLine({ request, session, answer, delivery, ms }: Trace): string {
    const status = answer.script.head?.status ?? "---";
    const ended = delivery.ended === "complete" || delivery.ended === "close" ? "" : ` [${delivery.ended}]`;
    const faults = (answer.faults ?? []).map(
      ({ fault, applied, why }) => ` [fault ${fault}${applied ? "" : `: ${why ?? "nothing to do"}`}]`,
    );
    const of = session === "" ? "" : ` (session ${this.#clean(session)})`;
    const by = this.#clean(answeredByText(answer.by));
    const line = `${request.method} ${this.#clean(request.target)}${of} -> ${status} ${by}${faults.join("")}${ended} ${ms.toFixed(0)} ms`;
    // Once more as a whole: a secret may be spread over the parts.
    return visible(this.#sanitizer.replaceText(line));
  }

  #jsonLine({ request, session, operation, findings, answer, delivery, ms }: Trace): string {
    const line = {
      method: request.method,
      target: this.#clean(request.target),
      ...(session === "" ? {} : { session: this.#clean(session) }),
      operation: operation ?? null,
      status: answer.script.head?.status ?? null,
      by: answer.by,
      ...(answer.faults === undefined ? {} : { faults: answer.faults }),
      findings,
      ended: delivery.ended,
      writes: delivery.writes,
      bytes: delivery.bytes,
      ms: Math.round(ms * 10) / 10,
    };
    return visibleJson(this.#sanitizer.replaceText(JSON.stringify({ request: line })));
  }

  /** A text of a request without secrets, cut to what is printed. */
  #clean(text: string): string {
    const clean = this.#sanitizer.replaceText(text.slice(0, MAX_READ));
    return clean.length > MAX_SHOWN ? `${clean.slice(0, MAX_SHOWN)}… (${text.length} characters)` : clean;
  }
}

const newSanitizer = (): Sanitizer => new Sanitizer("", { thorough: false });
