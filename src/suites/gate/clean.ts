import { Sanitizer } from "../../cassette/index.ts";
import type { Bytes, ExchangeRecord, TraceRecord } from "../record.ts";
import type { Verdict } from "../verdict.ts";
import type { TrafficVerdict } from "./judge-traffic.ts";

/** Takes the secrets out of what goes into reports: in front of a live gateway keys are real ones. */
export class Cleaner {
  readonly #sanitizer = new Sanitizer();

  /** @param keys what is known to be secret, however it looks */
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

  #exchange(exchange: ExchangeRecord): ExchangeRecord {
    const { request, head, writes, findings } = exchange;
    return {
      ...exchange,
      request: {
        ...this.#bytes(request),
        target: this.#sanitizer.replaceTarget(request.target),
        headers: this.#headers(request.headers),
      },
      findings: findings.map((finding) => ({ ...finding, message: this.text(finding.message) })),
      ...(head === undefined ? {} : { head: { ...head, headers: this.#headers(head.headers) } }),
      writes: writes.map((write) => (write === null ? null : this.#bytes(write))),
    };
  }

  #headers(headers: ExchangeRecord["request"]["headers"]): ExchangeRecord["request"]["headers"] {
    return headers.map(([name, value]) => [
      name,
      value === null ? null : this.#sanitizer.replaceHeader(name, value),
    ]);
  }

  #bytes<B extends Bytes>(bytes: B): B {
    return bytes.text === undefined ? bytes : { ...bytes, text: this.text(bytes.text) };
  }
}
