import { summaryOf } from "../../report/index.ts";
import type { Result, Verdict } from "../../suites/index.ts";
import { visible } from "../../util/index.ts";
import { count } from "../support/index.ts";

/** Results whose scenarios are listed at the end of a run, worst first. */
const LISTED: readonly Result[] = [
  "hang",
  "fail",
  "warn",
  "inconclusive",
  "not-observable",
  "known",
  "tolerated",
];

export interface FinishedRun {
  readonly subject: string;
  readonly verdicts: readonly Verdict[];
  readonly problems: readonly string[];
  /** Number of scenarios that were to be played. */
  readonly planned: number;
  readonly restarts: number;
  readonly ms: number;
}

/** Summary of a client's run: the counts, then the ids by result, reasons of skips, and what the passes say nothing of. */
export function clientSummary(run: FinishedRun): string {
  const { subject, verdicts, problems, planned, restarts, ms } = run;
  const lines = [
    `${visible(subject)}: ${count(verdicts.length, "scenario")} in ${(ms / 1000).toFixed(1)} s: ${summaryOf(verdicts)}`,
    ...(verdicts.length < planned ? [`interrupted: ${planned - verdicts.length} were not played`] : []),
    ...LISTED.flatMap((result) => idsOf(result, verdicts)),
    ...skips(verdicts),
    ...blindPasses(verdicts),
    ...(restarts > 0 ? [`  the adapter was started again ${count(restarts, "time")}`] : []),
    ...problems.map((problem) => `  problem: ${visible(problem)}`),
  ];
  return `${lines.join("\n").replace(/^(?=::|##\[)/, "| ")}\n`;
}

function idsOf(result: Result, verdicts: readonly Verdict[]): string[] {
  const ids = verdicts.filter((verdict) => verdict.result === result).map(({ scenario }) => scenario);
  return ids.length === 0 ? [] : [`  ${result}: ${ids.join(", ")}`];
}

function skips(verdicts: readonly Verdict[]): string[] {
  const skipped = verdicts.filter(({ result }) => result === "skipped");
  return [...Map.groupBy(skipped, ({ reason = "" }) => reason)].map(
    ([reason, of]) => `  ${of.length} skipped: ${visible(reason)}`,
  );
}

/** Parts of answers that the client does not expose: a pass says nothing of them. */
function blindPasses(verdicts: readonly Verdict[]): string[] {
  const unseen = verdicts.flatMap(({ result, unseen: parts = [] }) => (result === "pass" ? parts : []));
  return [...Map.groupBy(unseen, (part) => part)].map(
    ([part, of]) => `  not exposed: ${part}, in ${count(of.length, "pass", "passes")}`,
  );
}
