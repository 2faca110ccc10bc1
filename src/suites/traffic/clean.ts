import type { AnsweredBy } from "../../exchange/index.ts";
import type { Header } from "../../http/index.ts";
import { Sanitizer } from "../../secrets/index.ts";
import type { ExchangeLine } from "../../trace/index.ts";
import type { Verdict } from "../model/index.ts";
import type { TraceRecord } from "../record/index.ts";
import type { TrafficVerdict } from "./judge.ts";

/** Removes secrets from verdicts and traces for reports: in front of a live gateway the keys are real. */
export class Cleaner {
  readonly #sanitizer = new Sanitizer();

  /** @param keys known secrets, whatever they look like */
  constructor(keys: readonly string[]) {
    for (const key of keys) this.#sanitizer.learn(key);
  }

  text(text: string): string {
    return this.#sanitizer.replaceText(text);
  }

  verdict({ verdict, trace }: TrafficVerdict): TrafficVerdict {
    return { verdict: this.#verdict(verdict), ...(trace === undefined ? {} : { trace: this.#trace(trace) }) };
  }

  #verdict(verdict: Verdict): Verdict {
    const findings = verdict.findings.map((finding) => ({ ...finding, message: this.text(finding.message) }));
    return { ...verdict, findings };
  }

  #trace(trace: TraceRecord): TraceRecord {
    return { ...trace, exchanges: trace.exchanges.map((exchange) => this.#exchange(exchange)) };
  }

  #exchange(exchange: ExchangeLine): ExchangeLine {
    const { request, answer, findings } = exchange;
    return {
      ...exchange,
      request: {
        ...this.#bytes(request),
        target: this.#sanitizer.replaceTarget(request.target),
        headers: this.#headers(request.headers),
      },
      findings: findings.map((finding) => ({ ...finding, message: this.text(finding.message) })),
      answer: {
        ...this.#bytes(answer),
        by: this.#by(answer.by),
        headers: this.#headers(answer.headers),
        ...(answer.writes === undefined
          ? {}
          : { writes: answer.writes.map((write) => (write === null ? null : this.#bytes(write))) }),
      },
    };
  }

  #by(by: AnsweredBy): AnsweredBy {
    return Object.fromEntries(
      Object.entries(by).map(([key, value]) => [key, typeof value === "string" ? this.text(value) : value]),
    ) as unknown as AnsweredBy;
  }

  #headers(headers: readonly Header[]): readonly Header[] {
    return headers.map(([name, value]) => [
      name,
      value === null ? null : this.#sanitizer.replaceHeader(name, value),
    ]);
  }

  #bytes<B extends { readonly body?: string }>(bytes: B): B {
    return bytes.body === undefined ? bytes : { ...bytes, body: this.text(bytes.body) };
  }
}
