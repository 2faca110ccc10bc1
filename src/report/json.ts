import { type Report, countResults } from "./read.ts";

/** Prints all runs as one JSON document. */
export function jsonReport(reports: readonly Report[]): string {
  const clients = reports.map(({ subject, runs, verdicts, traces, ends, complete }) => ({
    subject,
    complete,
    runs,
    counts: Object.fromEntries(countResults(verdicts)),
    problems: ends.flatMap(({ problems }) => problems),
    verdicts: verdicts.map((verdict) => {
      const trace = traces.get(verdict.scenario);
      return trace === undefined || verdict.result === "pass" ? verdict : { ...verdict, trace };
    }),
  }));
  return `${JSON.stringify({ clients }, undefined, 2)}\n`;
}
