import { type Header, headerValue, mediaType } from "../../http/index.ts";
import { Sanitizer } from "../../secrets/index.ts";
import type { ExchangeLine, LineWrite } from "../../trace/index.ts";
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
    // The trace first: its headers tell secrets that a finding may quote.
    const clean = trace === undefined ? {} : { trace: this.#trace(trace) };
    return { verdict: this.#verdict(verdict), ...clean };
  }

  /** JSON data without secrets, in its values and in the names of its members. */
  data<T>(data: T): T {
    return this.#sanitizer.replaceData(data);
  }

  #verdict(verdict: Verdict): Verdict {
    const findings = verdict.findings.map((finding) => ({ ...finding, message: this.text(finding.message) }));
    const { subject, reason } = verdict;
    return {
      ...verdict,
      subject: this.text(subject),
      findings,
      ...(reason === undefined ? {} : { reason: this.text(reason) }),
    };
  }

  #trace(trace: TraceRecord): TraceRecord {
    return {
      ...trace,
      exchanges: trace.exchanges.map((exchange) => this.#exchange(exchange)),
      calls: this.data(trace.calls),
    };
  }

  #exchange(exchange: ExchangeLine): ExchangeLine {
    const { request, answer, findings, session } = exchange;
    const headers = this.#headers(answer.headers);
    return {
      ...exchange,
      session: this.text(session),
      request: {
        ...this.#bytes(request),
        method: this.text(request.method),
        target: this.#sanitizer.replaceTarget(request.target),
        headers: this.#headers(request.headers),
      },
      findings: this.data(findings),
      answer: {
        ...this.#bytes(answer),
        by: this.data(answer.by),
        ...(answer.faults === undefined ? {} : { faults: this.data(answer.faults) }),
        ...(answer.reason === undefined ? {} : { reason: this.text(answer.reason) }),
        headers,
        ...(answer.writes === undefined ? {} : { writes: this.#writes(answer.writes, headers) }),
      },
    };
  }

  #headers(headers: readonly Header[]): readonly Header[] {
    return headers.map(([name, value]) => [
      this.#sanitizer.replaceName(name),
      value === null ? null : this.#sanitizer.replaceHeader(name, value),
    ]);
  }

  #bytes<B extends { readonly body?: string }>(bytes: B): B {
    return bytes.body === undefined ? bytes : { ...bytes, body: this.text(bytes.body) };
  }

  /** Writes without secrets, also those that several of them hold together. */
  #writes(writes: readonly (LineWrite | null)[], headers: readonly Header[]): (LineWrite | null)[] {
    const kind = mediaType(headerValue(headers, "content-type")) === "text/event-stream" ? "sse" : "other";
    const result: (LineWrite | null)[] = [];
    for (let from = 0; from < writes.length;) {
      const gap = writes.indexOf(null, from);
      const end = gap === -1 ? writes.length : gap;
      const run = writes.slice(from, end).flatMap((write) => write ?? []);
      const clean = this.#sanitizer.replaceWrites(run.map(writtenBytes), kind);
      result.push(
        ...run.map((write, i): LineWrite => {
          const text = Buffer.from(clean[i] ?? []).toString();
          return write.body === undefined ? write : { ...write, body: text };
        }),
      );
      if (gap !== -1) result.push(null);
      from = end + 1;
    }
    return result;
  }
}

function writtenBytes({ body = "" }: LineWrite): Uint8Array {
  return Buffer.from(body);
}
