import type { Verdict } from "../suites/index.ts";
import { failureText } from "./failure-text.ts";
import { type Report, nounOf } from "./read.ts";

/** Prints JUnit XML: a suite a client, a case a scenario. Warnings pass with their findings as output, since JUnit has no warnings. */
export function junitReport(reports: readonly Report[]): string {
  const suites = reports.map((report) => {
    const { subject, verdicts } = report;
    const failures = verdicts.filter(isFailure).length;
    const skipped = verdicts.filter(isSkipped).length;
    const seconds = verdicts.reduce((sum, { ms }) => sum + ms, 0) / 1000;
    const cases = verdicts.map((verdict) => caseOf(report, verdict)).join("");
    return (
      `  <testsuite name="${escapedXml(subject)}" tests="${verdicts.length}" failures="${failures}" errors="0" ` +
      `skipped="${skipped}" time="${seconds.toFixed(3)}">\n${cases}  </testsuite>\n`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gatetape ${reports.some((report) => nounOf(report) === "checks") ? "traffic" : "client"}">\n${suites.join("")}</testsuites>\n`;
}

function caseOf({ subject, traces }: Report, verdict: Verdict): string {
  const [area = "", ...rest] = verdict.scenario.split("/");
  const open =
    `    <testcase name="${escapedXml(rest.join("/"))}" classname="${escapedXml(`${subject}.${area}`)}" ` +
    `time="${(verdict.ms / 1000).toFixed(3)}"`;
  if (verdict.result === "pass") return `${open}/>\n`;
  const text = escapedXml(failureText(verdict, traces.get(verdict.scenario)));
  const message = escapedXml(
    verdict.findings.map((finding) => finding.message).join("; ") || (verdict.reason ?? ""),
  );
  if (isFailure(verdict))
    return `${open}>\n      <failure type="${verdict.result}" message="${message}">${text}</failure>\n    </testcase>\n`;
  if (isSkipped(verdict))
    return `${open}>\n      <skipped message="${message || verdict.result}"/>\n    </testcase>\n`;
  return `${open}>\n      <system-out>${text}</system-out>\n    </testcase>\n`;
}

const isFailure = ({ result }: Verdict): boolean => result === "fail" || result === "hang";
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
