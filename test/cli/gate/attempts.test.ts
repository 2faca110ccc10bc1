/** What is a second sending of one request, and of which kind: on traces made by hand. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Trace } from "../../../src/exchange/exchange.ts";
import { asgiResponse } from "../../../src/asgi/index.ts";
import type { End, Header } from "../../../src/http/script.ts";
import { type AttemptKind, findAttempts, findChains } from "../../../src/suites/traffic/checks/attempts.ts";
import { journalTraffic } from "../../../src/suites/traffic/saved.ts";
import { type Observed, observe } from "../../../src/suites/traffic/model/traffic.ts";
import { TracePrinter } from "../../../src/trace/ndjson.ts";

interface Sent {
  readonly at: number;
  readonly ms?: number;
  readonly status?: number;
  readonly body?: string;
  readonly target?: string;
  readonly headers?: readonly Header[];
  readonly ended?: End | "aborted";
  readonly answer?: string;
  readonly type?: string;
  readonly answerHeaders?: readonly Header[];
}

function traceOf({ at, ms = 10, status = 200, ended = "complete", answer = "{}", ...sent }: Sent): Trace {
  const script = asgiResponse(status, Buffer.from(answer), sent.answerHeaders ?? [], sent.type);
  const writes = answer === "" ? 0 : 1;
  return {
    startedAt: 1_000_000 + at,
    request: {
      method: "POST",
      target: sent.target ?? "/v1/chat/completions",
      headers: [["authorization", "Bearer k"], ...(sent.headers ?? [])],
      body: Buffer.from(sent.body ?? "{}"),
    },
    session: "",
    findings: [],
    answer: { by: { kind: "upstream" }, script },
    delivery: { ended, writes, bytes: answer.length, at: writes === 0 ? [] : [ms] },
    ms,
  };
}
const observed = (...sent: Sent[]): Observed[] => observe(sent.map(traceOf));
const kinds = (...sent: Sent[]): AttemptKind[] => findAttempts(observed(...sent)).map(({ kind }) => kind);

const DONE = 'data: {"choices":[]}\n\ndata: [DONE]\n\n';
const STREAM = { type: "text/event-stream" };
const count = (n: number): { headers: Header[] } => ({ headers: [["X-Stainless-Retry-Count", String(n)]] });
const idempotent = (key: string): { headers: Header[] } => ({ headers: [["Idempotency-Key", key]] });

describe("a request of the same form", () => {
  it.each<[AttemptKind, Sent, Sent]>([
    ["duplicate", { at: 0, ms: 100 }, { at: 50 }],
    ["repeated", { at: 0, ms: 100 }, { at: 100 }],
    ["refused", { at: 0, status: 400 }, { at: 100 }],
    ["refused", { at: 0, status: 422 }, { at: 100 }],
    ["retry", { at: 0, status: 400, answerHeaders: [["x-should-retry", "true"]] }, { at: 100 }],
    ["retry", { at: 0, status: 408 }, { at: 100 }],
    ["retry", { at: 0, status: 409 }, { at: 100 }],
    ["retry", { at: 0, status: 429 }, { at: 100 }],
    ["retry", { at: 0, status: 503 }, { at: 100 }],
    ["retry", { at: 0, ended: "reset", answer: "" }, { at: 100 }],
    ["mid-stream", { at: 0, ended: "reset", answer: "data: {}\n\n", ...STREAM }, { at: 100 }],
    ["mid-stream", { at: 0, answer: "data: {}\n\n", ...STREAM }, { at: 100 }],
    ["repeated", { at: 0, answer: DONE, ...STREAM }, { at: 100 }],
    ["repeated", { at: 0, ended: "aborted", answer: DONE, ...STREAM }, { at: 100 }],
    ["abandoned", { at: 0, ended: "aborted", answer: "data: {}\n\n", ...STREAM }, { at: 100 }],
    ["abandoned", { at: 0, ended: "aborted", answer: "", status: 503 }, { at: 100 }],
    ["separate", { at: 0, ms: 100, ...count(0) }, { at: 50, ...count(0) }],
    ["retry", { at: 0, status: 503, ...count(0) }, { at: 100, ...count(1) }],
    ["duplicate", { at: 0, ms: 100, ...idempotent("a") }, { at: 50, ...idempotent("a") }],
    ["separate", { at: 0, ms: 100, ...idempotent("a") }, { at: 50, ...idempotent("b") }],
  ])("is %s: %o then %o", (kind, before, after) => {
    expect(kinds(before, after)).toEqual([kind]);
  });

  it.each<[string, Sent, Sent]>([
    ["another body", { at: 0 }, { at: 1, body: "[]" }],
    ["another target", { at: 0 }, { at: 1, target: "/v1/embeddings" }],
    ["another header", { at: 0 }, { at: 1, headers: [["user-agent", "b"]] }],
    ["long after", { at: 0 }, { at: 60_011 }],
  ])("is none with %s", (_, before, after) => {
    expect(kinds(before, after)).toEqual([]);
  });

  it("is told whatever changes from one sending to the next", () => {
    const volatile = (n: number): Header[] => [
      ["X-Request-Id", `r${n}`],
      ["traceparent", `00-${n}`],
      ["Connection", n === 0 ? "close" : "keep-alive"],
    ];
    expect(kinds({ at: 0, status: 503, headers: volatile(0) }, { at: 100, headers: volatile(1) })).toEqual([
      "retry",
    ]);
  });
});

describe("attempts", () => {
  it("of one call are a chain, those of another another", () => {
    const exchanges = observed(
      { at: 0, status: 503 },
      { at: 20, status: 503 },
      { at: 40, body: "[]", status: 503 },
      { at: 60 },
      { at: 80, body: "[]" },
      { at: 100, body: "[]" },
    );
    const chains = findChains(findAttempts(exchanges)).map((chain) => chain.map(({ id }) => id));
    // The last one repeats what was answered: that is a call of its own.
    expect(chains).toEqual([
      [0, 1, 3],
      [2, 4],
    ]);
  });

  it("of calls side by side are put together by the count of the SDK", () => {
    const exchanges = observed(
      { at: 0, status: 503, ...count(0) },
      { at: 1, status: 503, ...count(0) },
      { at: 50, status: 503, ...count(1) },
      { at: 51, status: 503, ...count(1) },
      { at: 100, ...count(2) },
      { at: 101, ...count(2) },
    );
    const chains = findChains(findAttempts(exchanges));
    expect(chains.map((chain) => chain.length)).toEqual([3, 3]);
    expect(new Set(chains.flat()).size).toBe(6);
  });
});

describe("a journal, whose times are whole milliseconds", () => {
  const saved = (...sent: Sent[]): AttemptKind[] => {
    const printer = new TracePrinter(Infinity);
    const text = sent.map((one, i) => printer.print(traceOf(one), i + 1)).join("\n");
    return findAttempts(observe(journalTraffic("j.ndjson", text).traces)).map(({ kind }) => kind);
  };

  it.each(["abandoned", "repeated"] as const)("keeps a request that follows at once %s", (kind) => {
    const how: Partial<Sent> = kind === "abandoned" ? { ended: "aborted", answer: "", status: 503 } : {};
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 0, max: 900 }),
        (from, lasts, gap) => {
          const [at, ms] = [from / 1000, lasts / 1000];
          const sent = [{ at, ms, ...how }, { at: at + ms + gap / 1000 }];
          expect([kinds(...sent), saved(...sent)]).toEqual([[kind], [kind]]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps a request that comes while the first is unanswered a duplicate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 3, max: 3000 }), (from, lasts) => {
        const sent = [{ at: from / 1000, ms: lasts }, { at: from / 1000 }];
        expect([kinds(...sent), saved(...sent)]).toEqual([["duplicate"], ["duplicate"]]);
      }),
      { numRuns: 500 },
    );
  });
});
