import type { Verdict } from "../suites/index.ts";
import { visible } from "../util/index.ts";
import { failsRun } from "./failing.ts";
import { failureText } from "./failure-text.ts";
import { type Report, allProblems } from "./read.ts";
import { rerunCommand } from "./rerun.ts";

/**
 * Prints JUnit XML: a suite a client, a case a scenario. Verdicts that do not fail the run pass with their findings as output,
 * since JUnit has no warnings; a problem of the run is a failed case of its own.
 */
export function junitReport(reports: readonly Report[]): string {
  const suites = reports.map((report) => {
    const { subject, verdicts } = report;
    const problems = allProblems(report);
    const failures = verdicts.filter(failsRun).length + problems.length;
    const skipped = verdicts.filter(isSkipped).length;
    const seconds = verdicts.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    const cases = [
      ...verdicts.map((verdict) => caseOf(report, verdict)),
      ...problems.map((problem, i) => problemCase(subject, problem, i)),
    ].join("");
    return (
      `  <testsuite name="${escapedXml(visible(subject))}" tests="${verdicts.length + problems.length}" failures="${failures}" errors="0" ` +
      `skipped="${skipped}" time="${seconds.toFixed(3)}">\n${cases}  </testsuite>\n`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gatetape ${reports.flatMap(({ runs }) => runs).find(({ judges }) => judges !== undefined)?.judges ?? "client"}">\n${suites.join("")}</testsuites>\n`;
}

function problemCase(subject: string, problem: string, i: number): string {
  const open = `    <testcase name="problem-${i + 1}" classname="${escapedXml(visible(`${subject}.run`))}" time="0">`;
  const text = escapedXml(visible(problem));
  return `${open}\n      <failure type="problem" message="${text}">${text}</failure>\n    </testcase>\n`;
}

function caseOf({ subject, runs, traces }: Report, verdict: Verdict): string {
  const [area = "", ...rest] = verdict.scenario.split("/");
  const open =
    `    <testcase name="${escapedXml(rest.join("/"))}" classname="${escapedXml(visible(`${subject}.${area}`))}" ` +
    `time="${(verdict.ms / 1000).toFixed(3)}"`;
  if (verdict.result === "pass") return `${open}/>\n`;
  const text = escapedXml(failureText(verdict, traces.get(verdict.scenario), rerunCommand(runs, verdict)));
  const message = escapedXml(
    visible(verdict.findings.map((finding) => finding.message).join("; ") || (verdict.reason ?? "")),
  );
  if (failsRun(verdict))
    return `${open}>\n      <failure type="${verdict.result}" message="${message}">${text}</failure>\n    </testcase>\n`;
  const output = `      <system-out>${text}</system-out>\n`;
  if (!isSkipped(verdict)) return `${open}>\n${output}    </testcase>\n`;
  // A case that was not played has nothing to show.
  const shown = traces.has(verdict.scenario) ? output : "";
  return `${open}>\n      <skipped message="${message || verdict.result}"/>\n${shown}    </testcase>\n`;
}

const isSkipped = ({ result }: Verdict): boolean =>
  ["skipped", "known", "not-observable", "inconclusive"].includes(result);

/** Escapes XML and replaces characters that XML 1.0 does not allow: surfaced text may have any. */
function escapedXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
