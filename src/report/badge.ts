import type { Result } from "../suites/index.ts";
import { failsRun } from "./failing.ts";
import { type Report, allProblems, summaryOf } from "./read.ts";

/** Results that are shown even where they do not fail the run. */
const NOTED = new Set<Result>(["warn", "hang", "inconclusive"]);

/** Prints a badge for shields.io (its "endpoint" format, schemaVersion 1). */
export function badgeReport(reports: readonly Report[]): string {
  const verdicts = reports.flatMap((report) => report.verdicts);
  const bad = verdicts.filter(failsRun).length + reports.flatMap(allProblems).length;
  const passes = verdicts.filter(({ result }) => result === "pass");
  const noted = verdicts.filter(({ result }) => NOTED.has(result));
  const complete = reports.length > 0 && reports.every((report) => report.complete);
  const [message, color] = !complete
    ? ["incomplete", "lightgrey"]
    : bad > 0
      ? [`${bad} failing`, "red"]
      : noted.length > 0
        ? [summaryOf([...noted, ...passes]), "yellow"]
        : [`${passes.length} pass`, "brightgreen"];
  return `${JSON.stringify({ schemaVersion: 1, label: "gatetape", message, color })}\n`;
}
