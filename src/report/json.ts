import { type Report, countResults } from "./read.ts";
import { rerunCommand } from "./rerun.ts";
import { safeJson } from "./safe-json.ts";

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
      const rerun = rerunCommand(runs, verdict);
      if (verdict.result === "pass") return verdict;
      return {
        ...verdict,
        ...(rerun === undefined ? {} : { rerun }),
        ...(trace === undefined ? {} : { trace }),
      };
    }),
  }));
  return `${safeJson(JSON.stringify({ clients }, undefined, 2))}\n`;
}
