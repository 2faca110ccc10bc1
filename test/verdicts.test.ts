/** The committed tables of verdicts: the pages say what is in them, and a changed verdict is found. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT, listedAdapters } from "../scripts/verdicts/installed.ts";
import { MEASURED, differencesOf, explanationProblems } from "../scripts/verdicts/measured.ts";
import { stalePages, traceName } from "../scripts/verdicts/page.ts";
import {
  type Explained,
  FILES,
  type Verdicts,
  changesOf,
  readExplained,
  readTable,
  settled,
} from "../scripts/verdicts/table.ts";
import { SCENARIOS } from "../src/suites/client/scenarios/all.ts";

const table = readTable();
const explained = readExplained();

describe("the committed verdicts", () => {
  it("are of every adapter", () => {
    expect(Object.keys(table.adapters)).toEqual(listedAdapters().map(({ name }) => name));
  });

  it("are what the pages say (npm run verdicts -- --pages makes them again)", () => {
    expect(stalePages(table, explained)).toEqual([]);
  });

  it("are passes throughout for the reference", () => {
    expect(table.adapters["fetch"]?.verdicts).toEqual({});
  });

  it("are explained where another measurement saw something else, with a trace", () => {
    const differences = differencesOf(table.adapters);
    expect(explanationProblems(differences, explained)).toEqual([]);
    const traces = differences.map(
      ({ adapter, scenario }) => `${FILES.traces}/${traceName(adapter, scenario)}`,
    );
    expect(traces.filter((file) => !existsSync(`${ROOT}/${file}`))).toEqual([]);
  });
});

describe("what was measured", () => {
  it("names scenarios and adapters that are there", () => {
    const ids = new Set(SCENARIOS.map(({ id }) => id));
    const names = new Set(listedAdapters().map(({ name }) => name));
    const unknown = MEASURED.flatMap(({ scenario, wrong = [], right = [] }) => [
      ...(ids.has(scenario) ? [] : [scenario]),
      ...[...wrong, ...right].filter((name) => !names.has(name)),
    ]);
    expect(unknown).toEqual([]);
  });

  it("differs where a fault is none any more, where a good client fails, and where nothing was seen", () => {
    const seen = (verdicts: Verdicts): string[] => {
      const row = { client: { name: "ai", version: "7" }, date: "2026-11-21", verdicts };
      return differencesOf({ "ai-sdk": row })
        .map(({ scenario }) => scenario)
        .filter((id) => id === "stream/garbage-after-done" || id === "sse/empty-event");
    };
    expect(seen({ "stream/garbage-after-done": "warn" })).toEqual([]);
    expect(seen({})).toEqual(["stream/garbage-after-done"]);
    expect(seen({ "stream/garbage-after-done": "not-observable", "sse/empty-event": "fail" })).toEqual([
      "stream/garbage-after-done",
      "sse/empty-event",
    ]);
  });

  it("must be explained, and no more than that", () => {
    const difference = differencesOf({
      "ai-sdk": { client: { name: "ai", version: "7" }, date: "2026-11-21", verdicts: {} },
    }).find(({ scenario }) => scenario === "stream/done-then-open");
    if (difference === undefined) throw new Error("there is no difference");
    const why = { scenario: "stream/done-then-open", adapters: ["ai-sdk"], right: "both", why: "" } as const;
    const problems = (...differences: Explained["differences"][number][]): number =>
      explanationProblems([difference], { unstable: [], differences }).length;
    expect([problems(), problems(why), problems(why, { ...why, adapters: ["fetch"] })]).toEqual([1, 0, 1]);
  });
});

describe("two runs", () => {
  const unstable = [{ adapter: "x", scenario: "b", results: ["pass", "warn"], reason: "" }] as const;
  const known: Explained = { unstable, differences: [] };

  it("are compared cell by cell, those that have vanished too", () => {
    expect(changesOf("x", { a: "fail", c: "warn" }, { b: "fail", c: "warn" }, known)).toEqual([
      { adapter: "x", scenario: "a", was: "fail", is: "pass" },
      { adapter: "x", scenario: "b", was: "pass", is: "fail" },
    ]);
  });

  it("may differ in an unstable cell, within what is said of it and for that adapter", () => {
    expect(changesOf("x", {}, { b: "warn" }, known)).toEqual([]);
    expect(changesOf("y", {}, { b: "warn" }, known)).toHaveLength(1);
    expect(settled("x", { b: "warn", c: "fail" }, known)).toEqual({ c: "fail" });
    expect(settled("x", { b: "hang" }, known)).toEqual({ b: "hang" });
  });
});
