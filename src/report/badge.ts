import { type Report, countResults, summaryOf } from "./read.ts";

/** Prints a badge for shields.io (its "endpoint" format, schemaVersion 1). */
export function badgeReport(reports: readonly Report[]): string {
  const verdicts = reports.flatMap((report) => report.verdicts);
  const problems = reports.flatMap(({ ends }) => ends.flatMap((end) => end.problems));
  const counts = new Map(countResults(verdicts));
  const bad = (counts.get("fail") ?? 0) + (counts.get("hang") ?? 0) + problems.length;
  const complete = reports.length > 0 && reports.every((report) => report.complete);
  const [message, color] = !complete
    ? ["incomplete", "lightgrey"]
    : bad > 0
      ? [`${bad} failing`, "red"]
      : counts.has("warn")
        ? [summaryOf(verdicts.filter(({ result }) => result === "warn" || result === "pass")), "yellow"]
        : [`${counts.get("pass") ?? 0} pass`, "brightgreen"];
  return `${JSON.stringify({ schemaVersion: 1, label: "gatetape", message, color })}\n`;
}
