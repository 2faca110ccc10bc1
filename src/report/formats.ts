import type { RecordLine } from "../suites/index.ts";
import { badgeReport } from "./badge.ts";
import { githubReport } from "./github.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { reportsOf } from "./read.ts";

export type ReportFormat = "ndjson" | "json" | "junit" | "markdown" | "github" | "badge";
export const REPORT_FORMATS: readonly ReportFormat[] = [
  "ndjson",
  "json",
  "junit",
  "markdown",
  "github",
  "badge",
];

/** Prints a record in a format. */
export function printReport(format: ReportFormat, lines: readonly RecordLine[]): string {
  switch (format) {
    case "ndjson":
      return lines.map(printLine).join("");
    case "json":
      return jsonReport(reportsOf(lines));
    case "junit":
      return junitReport(reportsOf(lines));
    case "markdown":
      return markdownReport(reportsOf(lines));
    case "github":
      return githubReport(reportsOf(lines));
    case "badge":
      return badgeReport(reportsOf(lines));
  }
}

/** Prints a line of a record file. */
export function printLine(line: RecordLine): string {
  return `${JSON.stringify(line)}\n`;
}
