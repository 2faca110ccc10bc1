import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import {
  markKnown,
  parseKnownFailures,
  staleEntries,
} from "../../src/suites/client/select/known-failures.ts";
import { FORMER_IDS, parseShard, selectScenarios } from "../../src/suites/client/select/select.ts";
import { SuiteError } from "../../src/suites/model/suite-error.ts";
import type { Result, Verdict } from "../../src/suites/model/verdict.ts";

const ids = (selection: Parameters<typeof selectScenarios>[0]): string[] =>
  selectScenarios(selection).map(({ id }) => id);

describe("selectScenarios", () => {
  it("takes all, or those that a pattern matches, without those that are skipped", () => {
    expect(ids({})).toHaveLength(SCENARIOS.length);
    expect(ids({ only: ["url/*"] })).toEqual([
      "url/base-path-joining",
      "url/base-trailing-slash",
      "url/base-path-prefix",
    ]);
    expect(ids({ only: ["url/*", "sse/bom"], skip: ["*slash", "url/*prefix"] })).toEqual([
      "url/base-path-joining",
      "sse/bom",
    ]);
  });

  it("takes dots and stars for what they are", () => {
    expect(ids({ only: ["chunk/ogl-usage-0.4.1"] })).toEqual(["chunk/ogl-usage-0.4.1"]);
    expect(() => ids({ only: ["chunk/ogl-usage-0x4x1"] })).toThrow(SuiteError);
  });

  it("takes a former id for the scenarios that were made of it, in profiles too", () => {
    for (const [former, parts] of Object.entries(FORMER_IDS)) expect(ids({ only: [former] })).toEqual(parts);
    expect(ids({ only: ["*nulls-and*"] })).toEqual(FORMER_IDS["models/nulls-and-extras"]);
    expect(ids({ profile: "ogl-2026", only: ["models/*-null"] })).toEqual([
      "models/created-null",
      "models/owned-by-null",
      "models/limits-null",
    ]);
    const known = parseKnownFailures("models/nulls-and-extras   # strict", "known.txt");
    const verdict: Verdict = {
      subject: "c",
      scenario: "models/created-null",
      result: "warn",
      level: "should",
      findings: [],
      ms: 1,
    };
    expect(markKnown(verdict, known).result).toBe("known");
  });

  it("cuts into parts that are all of it and overlap nowhere", () => {
    const parts = [1, 2, 3].map((index) => ids({ shard: { index, count: 3 } }));
    expect(parts.flat().toSorted()).toEqual(ids({}).toSorted());
  });

  it("keeps to a profile", () => {
    expect(ids({ profile: "tier-1-2026", only: ["stream/*"] })).toHaveLength(9);
  });

  it.each([
    [{ only: ["nope"] }, /no scenario matches nope\n {2}fix: gatetape scenarios/],
    [{ skip: ["nope/*"] }, /no scenario matches nope/],
    [{ skip: ["*"] }, /no scenario is left to play/],
    [{ profile: "tier-9" }, /there is no profile tier-9\n {2}fix: choose one of tier-1-2026/],
  ])("says what is wrong with %j", (selection, expected) => {
    expect(() => ids(selection)).toThrow(expected);
  });
});

describe("parseShard", () => {
  it("reads i/n", () => {
    expect(parseShard("2/5")).toEqual({ index: 2, count: 5 });
  });

  it.each(["0/5", "6/5", "1", "a/b", "1/0", "1/2/3", ""])("refuses %j", (text) => {
    expect(() => parseShard(text)).toThrow(/is not a shard/);
  });
});

const verdict = (scenario: string, result: Result): Verdict => ({
  subject: "a 1",
  scenario,
  result,
  level: "must",
  findings: [],
  ms: 1,
});

describe("known failures", () => {
  const known = parseKnownFailures(
    "# ours\n\nstream/stall-*   # no idle timeout, issue 12\r\nsse/bom # lost\nold/one #gone\n",
    "known.txt",
  );

  it("are read with their reasons", () => {
    expect(known.map(({ pattern, reason, line }) => [line, pattern, reason])).toEqual([
      [3, "stream/stall-*", "no idle timeout, issue 12"],
      [4, "sse/bom", "lost"],
      [5, "old/one", "gone"],
    ]);
  });

  it.each(["sse/bom", "sse/bom #", "sse/bom because", "a b # c"])("need a reason: %j", (line) => {
    expect(() => parseKnownFailures(`\n${line}`, "known.txt")).toThrow(
      /known\.txt:2: is not a known failure/,
    );
  });

  it("turn what fails into known, and leave what passes or is skipped", () => {
    expect(markKnown(verdict("stream/stall-midway", "hang"), known)).toMatchObject({
      result: "known",
      was: "hang",
      reason: "no idle timeout, issue 12",
    });
    for (const result of ["pass", "skipped"] as const)
      expect(markKnown(verdict("sse/bom", result), known).result).toBe(result);
    expect(markKnown(verdict("sse/crlf", "fail"), known).result).toBe("fail");
  });

  it("are stale where they pass or match nothing", () => {
    const verdicts = [verdict("sse/bom", "pass"), verdict("stream/stall-midway", "known")];
    expect(staleEntries(known, verdicts, SCENARIOS)).toEqual([
      "line 4: sse/bom passes now",
      "line 5: old/one matches no scenario",
    ]);
    expect(staleEntries(known, [], SCENARIOS)).toEqual(["line 5: old/one matches no scenario"]);
  });
});
