/** Checks over traces that are written by hand: what clients can be is more than what the mutants are. */
import { describe, expect, it } from "vitest";
import * as is from "../../src/suites/checks/index.ts";
import { completion, json } from "../../src/suites/client/scenarios/scripts.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";
import type { ExchangeTrace, RunTrace } from "../../src/suites/model/run-trace.ts";
import type { Check } from "../../src/suites/model/scenario.ts";
import { type Result, type Verdict, isBad } from "../../src/suites/model/verdict.ts";

function trace(outcome: Outcome, exchanges: readonly Partial<ExchangeTrace>[] = []): RunTrace {
  return {
    calls: [
      {
        run: {
          id: "r",
          operation: "chat.create",
          baseUrl: "",
          apiKey: "sk-1",
          params: {},
          control: {},
          deadlineMs: 1,
        },
        startedAt: 0,
        endedAt: 100,
        outcome,
      },
    ],
    exchanges: exchanges.map((more) => ({ ...EXCHANGE, ...more })),
    capabilities: [],
    sees: ["wire", "outcome"],
  };
}

const EXCHANGE: ExchangeTrace = {
  startedAt: 0,
  at: 0,
  request: {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["Authorization", "Bearer sk-1"]],
    body: new Uint8Array(0),
  },
  session: "",
  expected: true,
  findings: [],
  answer: { by: { kind: "reply", from: "scenario", name: "s" }, script: json({}) },
  ms: 10,
  delivery: { ended: "complete", writes: 1, bytes: 2, at: [5] },
  endedAt: 10,
  endedBy: "server",
};

const of = (check: Check, outcome: Outcome, exchanges?: readonly Partial<ExchangeTrace>[]): unknown =>
  check.test(trace(outcome, exchanges));

describe("a check of what was delivered", () => {
  it("says where a text differs", () => {
    expect(of(is.text("abc"), { final: { text: "abc" } })).toEqual([]);
    expect(of(is.text("abc"), { final: { text: "ab" } })).toEqual([
      expect.stringContaining("cut after 2 of 3"),
    ]);
    expect(of(is.text("abc"), { final: { text: "axc" } })).toEqual([
      expect.stringContaining("from character 1"),
    ]);
    expect(of(is.text("abc"), { final: { text: null } })).toBeNull();
    expect(of(is.text("abc"), { final: { text: null }, events: 0 })).toHaveLength(1);
    expect(of(is.text("abc"), { final: { text: "abc" }, error: { kind: "decode" } })).toHaveLength(1);
  });

  it("takes usage by any of its names", () => {
    for (const usage of [
      { prompt_tokens: 1, completion_tokens: 4, total_tokens: 5 },
      { inputTokens: 1, outputTokens: 4, totalTokens: 5 },
      { input_tokens: 1, output_tokens: 4 },
    ])
      expect(of(is.usage(1, 4), { final: { usage } })).toEqual([]);
    expect(of(is.usage(1, 4), { final: { usage: { promptTokens: 2, completionTokens: 8 } } })).toHaveLength(
      2,
    );
    expect(of(is.usage(1, 4), { final: {} })).toBeNull();
  });

  it("takes a finish reason in any spelling, and no other one", () => {
    const spelled: Record<string, string[]> = {
      stop: ["stop", "STOP", "Stop", "end_turn", "FINISH_REASON_STOP"],
      length: ["length", "MAX_TOKENS", "max-tokens", "FinishReason.Length"],
      tool_calls: ["tool_calls", "tool-calls", "TOOL_CALLS", "ToolCalls", "tool_use"],
      content_filter: ["content_filter", "content-filter", "ContentFilter"],
      eos_weird: ["eos_weird", "other", "unknown"],
    };
    for (const [reason, spellings] of Object.entries(spelled)) {
      const taken = Object.values(spelled)
        .flat()
        .filter((got) => is.finishReason(reason).test(trace({ final: { finishReason: got } }))?.length === 0);
      expect([reason, taken]).toEqual([reason, spellings]);
    }
  });

  it("takes any sign that an answer was cut, and the whole text beside it", () => {
    const cut = is.cutBy("length");
    expect(of(cut, { final: { finishReason: "MAX_TOKENS" } })).toEqual([]);
    expect(of(cut, { final: { text: "x" }, error: { kind: "incomplete" } })).toEqual([]);
    expect(of(cut, { final: { finishReason: "stop" } })).toHaveLength(1);
    expect(of(cut, { final: {} })).toBeNull();
    expect(of(is.textSurfaced("x"), { final: { text: "x" }, error: { kind: "incomplete" } })).toEqual([]);
    expect(of(is.textSurfaced("x"), { error: { kind: "incomplete" } })).toBeNull();
  });

  it("compares finish reason and usage with what was sent", () => {
    const sent = (usage: string, finish = "length"): Partial<ExchangeTrace>[] => [
      { answer: { ...EXCHANGE.answer, script: json(completion({ content: "x" }, finish, usage)) } },
    ];
    const usage = '{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5}';
    expect(of(is.finishReasonSent(), { final: { finishReason: "max-tokens" } }, sent(usage))).toEqual([]);
    expect(of(is.finishReasonSent(), { final: { finishReason: "stop" } }, sent(usage))).toHaveLength(1);
    expect(of(is.finishReasonSent(), { final: {} }, sent(usage))).toBeNull();
    expect(of(is.finishReasonSent(), { final: {} }, sent(usage, ""))).toEqual([]);
    expect(of(is.finishReasonSent(), { error: { kind: "other" } }, sent(usage))).toEqual([]);
    expect(
      of(is.usageSent(), { final: { usage: { inputTokens: 1, outputTokens: 4 } } }, sent(usage)),
    ).toEqual([]);
    expect(
      of(is.usageSent(), { final: { usage: { inputTokens: 1, outputTokens: 8 } } }, sent(usage)),
    ).toHaveLength(1);
    expect(of(is.usageSent(), { final: {} }, sent(usage))).toBeNull();
    expect(of(is.usageSent(), { final: {} }, sent("null"))).toEqual([]);
  });

  it("compares arguments of tool calls as values, or as texts where they are no JSON", () => {
    const calls = (args: string): Outcome => ({
      final: { toolCalls: [{ id: "1", name: "f", arguments: args }] },
    });
    const check = is.toolCalls([{ id: "1", name: "f", arguments: '{"a":"\\u00e9","b":1}' }]);
    expect(of(check, calls('{"b": 1.0, "a": "é"}'))).toEqual([]);
    expect(of(check, calls('{"a":"e","b":1}'))).toHaveLength(1);
    expect(of(check, calls('{"a":"é"'))).toHaveLength(1);
  });

  it("puts vectors in the order of their indexes, where the client gives them", () => {
    const wanted = [[0], [1]];
    const placed = [
      { index: 1, embedding: [1] },
      { index: 0, embedding: [0] },
    ];
    expect(of(is.vectors(wanted), { embeddings: placed })).toEqual([]);
    expect(of(is.vectors(wanted), { embeddings: [[1], [0]] })).toHaveLength(1);
  });

  it("compares vectors as numbers that may have been 32-bit floats", () => {
    const wanted = [[0.1, 1e-7]];
    expect(of(is.vectors(wanted), { embeddings: [[Math.fround(0.1), Math.fround(1e-7)]] })).toEqual([]);
    for (const embeddings of [[[0.1]], [[0.1, 2e-7]], [[0.1, 1e-7], [1]], [[0.1, Number.NaN]]])
      expect(of(is.vectors(wanted), { embeddings })).toHaveLength(1);
  });

  it("takes an error, a mark or the whole for no silent loss", () => {
    expect(of(is.noSilentLoss(), { final: { text: "a" } })).toHaveLength(1);
    expect(of(is.noSilentLoss(), { final: { text: "a" }, truncated: true })).toEqual([]);
    expect(of(is.noSilentLoss(), { error: { kind: "other" } })).toEqual([]);
    expect(of(is.textOrError("ab"), { final: { text: "a" } })).toHaveLength(1);
    expect(of(is.textOrError("ab"), { final: { text: "ab" } })).toEqual([]);
  });

  it("takes arguments of tool calls as they were sent, or an error", () => {
    const glued = { final: { toolCalls: [{ id: "1", name: "f", arguments: "{}{}" }] } };
    expect(of(is.noGluedArguments(["{}", "{}"]), glued)).toHaveLength(1);
    expect(of(is.noGluedArguments(["{}"]), { ...glued, error: { kind: "decode" } })).toEqual([]);
    expect(
      of(is.noGluedArguments(["{}", "[]"]), { final: { toolCalls: [{ arguments: "{}" }] } }),
    ).toHaveLength(1);
  });
});

describe("a check of the wire", () => {
  it("counts only requests of the operation", () => {
    expect(of(is.requests(1), {}, [{}, { expected: false }])).toEqual([]);
    expect(of(is.requests({ min: 1, max: 2 }), {}, [{}, {}, {}])).toHaveLength(1);
  });

  it("measures the wait from the last byte of the answer", () => {
    const tries = (at: number): Partial<ExchangeTrace>[] => [{ endedAt: 400 }, { at }];
    expect(of(is.gapAtLeast(1000), {}, tries(1005))).toEqual([]);
    expect(of(is.gapAtLeast(1000), {}, tries(900))).toEqual([expect.stringContaining("895 ms")]);
    expect(of(is.noEarlyRetry(90_000), {}, tries(900))).toHaveLength(1);
  });

  it("knows who closed, and when", () => {
    const ended = (endedBy: ExchangeTrace["endedBy"], endedAt: number): unknown =>
      of(is.closesWithin(1000), {}, [{ endedBy, endedAt }]);
    expect(ended("server", 9999)).toEqual([]);
    expect(ended("client", 1000)).toEqual([]);
    expect(ended("client", 1200)).toEqual([expect.stringContaining("1100 ms after")]);
    expect(ended("runner", 200)).toEqual([expect.stringContaining("still open")]);
  });

  it("finds the key where it does not belong", () => {
    expect(of(is.bearerKey(), {}, [{}])).toEqual([]);
    expect(of(is.bearerKey(), {}, [{ request: { ...EXCHANGE.request, headers: [] } }])).toHaveLength(1);
    expect(
      of(is.bearerKey(), {}, [{ request: { ...EXCHANGE.request, target: "/v1/models?key=sk-1" } }]),
    ).toEqual(["the key is in the URL"]);
  });

  it("resolves dots and escapes as servers do", () => {
    for (const target of ["/v1/models/../admin", "/v1/models/%2e%2e/admin", "/v1/models/", "/admin"])
      expect(
        of(is.staysBelow("/v1/models/"), {}, [{ request: { ...EXCHANGE.request, target } }]),
      ).toHaveLength(1);
    expect(
      of(is.staysBelow("/v1/models/"), {}, [
        { request: { ...EXCHANGE.request, target: "/v1/models/..%2Fadmin" } },
      ]),
    ).toEqual([]);
  });
});

describe("a run fails", () => {
  const bad = (result: Result, level: Verdict["level"] = "must"): string[] =>
    (["fail", "warn", "tolerated", "never"] as const).filter((failOn) => isBad({ result, level }, failOn));

  it.each<[Result, string[]]>([
    ["fail", ["fail", "warn", "tolerated"]],
    ["hang", ["fail", "warn", "tolerated"]],
    ["warn", ["warn", "tolerated"]],
    ["tolerated", ["tolerated"]],
    ["pass", []],
    ["known", []],
    ["skipped", []],
    ["not-observable", []],
  ])("by %s with --fail-on %j", (result, expected) => {
    expect(bad(result)).toEqual(expected);
  });

  it("by no hang where an answer in time is a MAY, unless all that is tolerated counts", () => {
    expect(bad("hang", "may")).toEqual(["tolerated"]);
  });
});
