import type { EndRecord, Verdict } from "../suites/index.ts";
import { visible } from "../util/index.ts";
import { counted } from "./counted.ts";
import { failureText } from "./failure-text.ts";
import { type Report, nounOf, summaryOf, worstFirst } from "./read.ts";
import { rerunCommand } from "./rerun.ts";

/** Prints a page for people: the counts, a table of verdicts other than passes, then each with its bytes. */
export function markdownReport(reports: readonly Report[]): string {
  return `${reports.map(pageOf).join("\n")}`;
}

function pageOf({ subject, runs, verdicts, traces, ends, complete }: Report): string {
  const notPassed = worstFirst(verdicts.filter(({ result }) => result !== "pass"));
  const shown = notPassed.filter(({ result }) => result !== "skipped");
  const [run] = runs;
  const lines = [
    `# ${inline(subject)}`,
    "",
    `${counted(verdicts.length, nounOf({ runs }))}: ${summaryOf(verdicts)}.`,
    ...ends.flatMap(coverageLines),
    ...(run === undefined ? [] : ["", `gatetape ${run.gatetape}, OGL ${run.ogl}, ${run.startedAt}.`]),
    ...(complete ? [] : ["", "**The run was cut short: verdicts are missing.**"]),
    ...ends.flatMap(({ problems }) => problems.map((problem) => `\n- ${inline(problem)}`)),
    "",
  ];
  if (notPassed.length > 0) lines.push(...tableOf(notPassed));
  for (const verdict of shown)
    lines.push(
      `## ${inline(verdict.scenario)}`,
      "",
      ...fenced(failureText(verdict, traces.get(verdict.scenario), rerunCommand(runs, verdict))),
      ...evidenceOf(traces.get(verdict.scenario)?.evidence ?? []),
    );
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Requests of a command by operation, and the cassettes that it played. */
function coverageLines({ traffic }: EndRecord): string[] {
  if (traffic === undefined) return [];
  const { interactions, operations } = traffic.coverage;
  const requested = operations.requested
    .map(({ operation, requests }) => `${operation} ${requests}`)
    .join(", ");
  return [
    "",
    `${traffic.requests} ${traffic.requests === 1 ? "request" : "requests"}${requested === "" ? "" : `: ${requested}`}.`,
    ...(interactions.all === 0
      ? []
      : ["", `${interactions.played} of ${interactions.all} recorded interactions were played.`]),
    ...interactions.unplayed.map((title) => `- not played: ${inline(title)}`),
  ];
}

function tableOf(verdicts: readonly Verdict[]): string[] {
  const rows = verdicts.map(({ result, level, scenario, findings, reason }) => {
    const what = findings.map(({ message }) => message).join("; ") || (reason ?? "");
    return `| ${result} | ${level} | ${scenario} | ${cell(what)} |`;
  });
  return ["| result | level | scenario | finding |", "|---|---|---|---|", ...rows, ""];
}

function evidenceOf(evidence: readonly string[]): string[] {
  return evidence.length === 0 ? [] : [`Seen elsewhere: ${evidence.join("; ")}.`, ""];
}

const CELL_WIDTH = 200;
const cell = (text: string): string => inline(text.replaceAll(/\s+/g, " ").slice(0, CELL_WIDTH));

/** Text of others inside a line of Markdown: nothing in it is markup. */
/** Text of others on one line of Markdown, none of it read as Markdown or HTML. */
export function inline(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]|~]/g, String.raw`\$&`);
}

/** Fences a text, with more backticks than any run in it. */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [fence, text.trimEnd(), fence, ""];
}
