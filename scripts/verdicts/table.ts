import { readFileSync, writeFileSync } from "node:fs";
import type { ClientInfo } from "../../src/suites/model/driver.ts";
import type { Result } from "../../src/suites/model/verdict.ts";
import { ROOT } from "./installed.ts";

/** What one run of an adapter came to, or several that agree. */
export interface Row {
  readonly client: ClientInfo;
  /** `2026-11-21`. */
  readonly date: string;
  /** Scenario to result, of what is no pass. */
  readonly verdicts: Verdicts;
}

export type Verdicts = Readonly<Record<string, Result>>;

/** adapters/verdicts.json. */
export interface Table {
  readonly ogl: string;
  /** The ids that were played: what is not in an adapter's verdicts is a pass. */
  readonly scenarios: Readonly<Record<string, "must" | "should" | "may">>;
  readonly adapters: Readonly<Record<string, Row>>;
}

/** adapters/explained.json, written by hand. */
export interface Explained {
  /** Cells that are not the same in each run: any of the results is accepted. */
  readonly unstable: readonly {
    readonly adapter: string;
    readonly scenario: string;
    readonly results: readonly Result[];
    readonly reason: string;
  }[];
  /** Cells in which an earlier, independent measurement saw something else. */
  readonly differences: readonly {
    readonly scenario: string;
    readonly adapters: readonly string[];
    readonly right: "verdict" | "measurement" | "both";
    readonly why: string;
  }[];
}

export const FILES = {
  table: "adapters/verdicts.json",
  explained: "adapters/explained.json",
  page: "adapters/VERDICTS.md",
  matrix: "test/mutants/MATRIX.md",
  traces: "adapters/traces",
} as const;

export function readTable(): Table {
  return JSON.parse(readFileSync(`${ROOT}/${FILES.table}`, "utf8")) as Table;
}

export function readExplained(): Explained {
  return JSON.parse(readFileSync(`${ROOT}/${FILES.explained}`, "utf8")) as Explained;
}

export function writeText(file: string, text: string): void {
  writeFileSync(`${ROOT}/${file}`, text);
}

export const resultOf = (verdicts: Verdicts, scenario: string): Result => verdicts[scenario] ?? "pass";

export interface Change {
  readonly adapter: string;
  readonly scenario: string;
  readonly was: Result;
  readonly is: Result;
}

/** The cells in which two runs differ, but for those that are known to be unstable and keep within what is said of them. */
export function changesOf(adapter: string, was: Verdicts, is: Verdicts, explained: Explained): Change[] {
  const scenarios = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return scenarios
    .map((scenario) => ({ adapter, scenario, was: resultOf(was, scenario), is: resultOf(is, scenario) }))
    .filter((change) => change.was !== change.is && !isUnstable(change, explained));
}

function isUnstable({ adapter, scenario, is }: Change, { unstable }: Explained): boolean {
  return unstable.some(
    (cell) => cell.adapter === adapter && cell.scenario === scenario && cell.results.includes(is),
  );
}

/** The verdicts with the first of the known results in each unstable cell, so that the committed table stays as it is. */
export function settled(adapter: string, verdicts: Verdicts, { unstable }: Explained): Verdicts {
  const made: Record<string, Result> = { ...verdicts };
  for (const { scenario, results } of unstable.filter((cell) => cell.adapter === adapter)) {
    const [first = "pass"] = results;
    if (!results.includes(resultOf(verdicts, scenario))) continue;
    if (first === "pass") delete made[scenario];
    else made[scenario] = first;
  }
  return made;
}
