/** Verdicts on a machine that is late: what its delays could have changed is nobody's fault, and nothing else is. */
import { describe, expect, it } from "vitest";
import { text } from "../../src/suites/checks/index.ts";
import { json } from "../../src/suites/client/scenarios/scripts.ts";
import type { ClientRun } from "../../src/suites/model/driver.ts";
import type { Lateness, RunTrace } from "../../src/suites/model/run-trace.ts";
import { type Check, type Scenario, defineScenario } from "../../src/suites/model/scenario.ts";
import { type Result, hangResult, judge, tooManyInconclusive } from "../../src/suites/model/verdict.ts";

/** A check that measured, with that margin. */
const measured = (level: Check["level"], messages: readonly string[], margin: number | null): Check => ({
  ...text("x"),
  id: `timed-${level}`,
  level: level ?? "must",
  test: () => messages,
  margin: () => margin,
});
const plain = (level: Check["level"], messages: readonly string[]): Check => ({
  ...text("x"),
  level: level ?? "must",
  test: () => messages,
});

function judged(checks: readonly Check[], lateness?: Lateness): Result {
  const scenario = scenarioOf({ checks, localRefusal: true });
  const trace: RunTrace = { calls: [], exchanges: [], capabilities: [], sees: ["wire", "outcome"] };
  return judge(scenario, lateness === undefined ? trace : { ...trace, lateness }).result;
}

function scenarioOf(more: Partial<Scenario>): Scenario {
  const init = { id: "t/one", title: "", level: "must", tier: 1, why: "", evidence: [] } as const;
  return {
    ...defineScenario({ ...init, call: { operation: "chat.create" }, answers: json({}), checks: [] }),
    ...more,
  };
}

const late = (longest: number, ownCpu?: number): Lateness => ({
  longest,
  total: longest,
  ...(ownCpu === undefined ? {} : { ownCpu }),
});

describe("a check that measures time", () => {
  it.each<[string, readonly Check[], Lateness | undefined, Result]>([
    ["stands with a margin above the lateness", [measured("must", [], 300)], late(200), "pass"],
    ["says nothing with one below, if it passed", [measured("must", [], 100)], late(200), "inconclusive"],
    ["says nothing with one below, if it failed", [measured("must", ["x"], 100)], late(200), "inconclusive"],
    [
      "says nothing where the client stood in the queue for longer, if it failed",
      [measured("must", ["x"], 100)],
      { longest: 5, total: 5, ownCpu: 0.1, queued: 200 },
      "inconclusive",
    ],
    [
      "stands where the client stood in the queue, if it passed",
      [measured("must", [], 100)],
      { longest: 5, total: 5, ownCpu: 0.1, queued: 200 },
      "pass",
    ],
    ["stands where nobody watched", [measured("must", ["x"], 100)], undefined, "fail"],
    ["stands where it measured nothing", [measured("must", ["x"], null)], late(200), "fail"],
    ["stands where the client burned the CPU", [measured("must", ["x"], 100)], late(200, 0.9), "fail"],
    ["does not excuse wrong bytes", [measured("must", [], 100), plain("must", ["x"])], late(200), "fail"],
    [
      "leaves a warning that it could not worsen",
      [measured("should", [], 100), plain("should", ["x"])],
      late(200),
      "warn",
    ],
    [
      "takes a warning back that it could worsen",
      [measured("must", [], 100), plain("should", ["x"])],
      late(200),
      "inconclusive",
    ],
  ])("%s", (_, checks, lateness, expected) => {
    expect(judged(checks, lateness)).toBe(expected);
  });
});

describe("a call that is given up after 300 ms, and has sent nothing", () => {
  it.each<[string, Lateness | undefined, Result]>([
    ["fails on a quiet machine", late(20), "fail"],
    ["fails where nobody watched", undefined, "fail"],
    ["says nothing where the machine took half of that time", late(200), "inconclusive"],
    [
      "says nothing where the client stood in the queue for half of it",
      { longest: 5, total: 5, ownCpu: 0.1, queued: 200 },
      "inconclusive",
    ],
    ["fails where the client burned the CPU", late(200, 0.9), "fail"],
  ])("%s", (_, lateness, expected) => {
    const run: ClientRun = {
      id: "r",
      operation: "chat.create",
      baseUrl: "http://127.0.0.1/v1",
      apiKey: "sk-1",
      params: {},
      control: { cancelAfter: { ms: 300 } },
      deadlineMs: 5000,
    };
    const trace: RunTrace = {
      calls: [{ run, startedAt: 0, endedAt: 301 }],
      exchanges: [],
      capabilities: [],
      sees: ["wire", "outcome"],
      ...(lateness === undefined ? {} : { lateness }),
    };
    expect(judge(scenarioOf({}), trace).result).toBe(expected);
  });
});

describe("a hang", () => {
  it.each<[string, Lateness | undefined, string]>([
    ["on a quiet machine is one", late(100), "hang"],
    ["that nobody watched is one", undefined, "hang"],
    ["is none where one delay took a quarter of the deadline", late(2500), "inconclusive"],
    [
      "is none where a working client lost as much in many delays",
      { longest: 90, total: 3000, ownCpu: 0.2 },
      "inconclusive",
    ],
    [
      "of a client at rest is one, whatever many small delays come to",
      { longest: 90, total: 3000, ownCpu: 0 },
      "hang",
    ],
    [
      "is none where the client stood in the queue for a processor, and so hardly ran",
      { longest: 90, total: 90, ownCpu: 0.01, queued: 6000 },
      "inconclusive",
    ],
    ["of a client that burns the CPU is one", late(4000, 0.8), "hang"],
  ])("%s", (_, lateness, expected) => {
    expect(hangResult({ deadlineMs: 8000 }, lateness).result).toBe(expected);
  });
});

describe("a run", () => {
  const of = (inconclusive: number, passes: number, skipped = 0): { result: Result }[] => [
    ...Array.from({ length: inconclusive }, () => ({ result: "inconclusive" as const })),
    ...Array.from({ length: passes }, () => ({ result: "pass" as const })),
    ...Array.from({ length: skipped }, () => ({ result: "skipped" as const })),
  ];

  it("says nothing where more than one in ten played scenarios is inconclusive", () => {
    expect(tooManyInconclusive(of(0, 0))).toBe(false);
    expect(tooManyInconclusive(of(1, 9))).toBe(false);
    expect(tooManyInconclusive(of(2, 9))).toBe(true);
    expect(tooManyInconclusive(of(2, 9, 100))).toBe(true);
  });
});
