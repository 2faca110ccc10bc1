import type { RecordLine } from "../suites/index.ts";
import { badgeReport } from "./badge.ts";
import { githubReport } from "./github.ts";
import { jsonReport } from "./json.ts";
import { junitReport } from "./junit.ts";
import { markdownReport } from "./markdown.ts";
import { makeReports } from "./read.ts";
import { safeJson } from "./safe-json.ts";

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
      return jsonReport(makeReports(lines));
    case "junit":
      return junitReport(makeReports(lines));
    case "markdown":
      return markdownReport(makeReports(lines));
    case "github":
      return githubReport(makeReports(lines));
    case "badge":
      return badgeReport(makeReports(lines));
  }
}

/** Prints a line of a record file. */
export function printLine(line: RecordLine): string {
  return `${safeJson(JSON.stringify(line))}\n`;
}
