import type { Result, Verdict } from "../suites/index.ts";
import { visible } from "../util/index.ts";
import { counted } from "./counted.ts";
import { failsRun } from "./failing.ts";
import { rerunCommand } from "./rerun.ts";
import { type Report, nounOf, allProblems, summaryOf, worstFirst } from "./read.ts";

/** Prints workflow commands of GitHub Actions: an annotation for each finding that counts, then a notice with the counts. */
export function githubReport(reports: readonly Report[]): string {
  const lines = reports.flatMap((report) => {
    const { subject, runs, verdicts } = report;
    return [
      ...worstFirst(verdicts).flatMap((verdict) =>
        annotations(subject, verdict, rerunCommand(runs, verdict)),
      ),
      ...allProblems(report).map((problem) => command("error", subject, visible(problem))),
      command("notice", subject, `${counted(verdicts.length, nounOf({ runs }))}: ${summaryOf(verdicts)}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}

/** Results that are annotated even where they do not fail the run. */
const WARNINGS = new Set<Result>(["hang", "warn", "inconclusive"]);

function annotations(subject: string, verdict: Verdict, rerun: string | undefined): string[] {
  const { scenario, result, findings, reason } = verdict;
  const fails = failsRun(verdict);
  if (!fails && !WARNINGS.has(result)) return [];
  const lines = [
    ...findings.map((finding) => `${finding.check}: ${visible(finding.message)}`),
    ...(reason === undefined ? [] : [`${result}: ${visible(reason)}`]),
    ...(rerun === undefined ? [] : [`run only this: ${visible(rerun)}`]),
  ];
  return [command(fails ? "error" : "warning", `${subject}: ${scenario}`, lines.join("\n"))];
}

function command(kind: "error" | "warning" | "notice", title: string, message: string): string {
  return `::${kind} title=${property(visible(title))}::${data(message)}`;
}

/** Escapes of workflow commands. */
const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
