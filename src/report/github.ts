import type { Verdict } from "../suites/index.ts";
import { type Report, nounOf, summaryOf, worstFirst } from "./read.ts";

/** Prints workflow commands of GitHub Actions: an annotation for each finding that counts, then a notice with the counts. */
export function githubReport(reports: readonly Report[]): string {
  const lines = reports.flatMap(({ subject, runs, verdicts, ends }) => [
    ...worstFirst(verdicts).flatMap((verdict) => annotations(subject, verdict)),
    ...ends.flatMap(({ problems }) => problems.map((problem) => command("error", subject, problem))),
    command("notice", subject, `${verdicts.length} ${nounOf({ runs })}: ${summaryOf(verdicts)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function annotations(subject: string, { scenario, result, findings }: Verdict): string[] {
  if (result !== "fail" && result !== "hang" && result !== "warn") return [];
  const message = findings.map((finding) => `${finding.check}: ${finding.message}`).join("\n");
  return [command(result === "warn" ? "warning" : "error", `${subject}: ${scenario}`, message)];
}

function command(kind: "error" | "warning" | "notice", title: string, message: string): string {
  return `::${kind} title=${property(title)}::${data(message)}`;
}

/** Escapes of workflow commands. */
const data = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
