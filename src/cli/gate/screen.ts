import { failureText, summaryOf } from "../../report/index.ts";
import type { Coverage, Result, Traffic, TrafficVerdict, Verdict } from "../../suites/index.ts";
import { coloured } from "../reporting/index.ts";
import { visible } from "../../util/index.ts";
import { type Io, count } from "../support/index.ts";

/** Results that are shown with the exchanges behind them. */
const SHOWN = new Set<Result>(["fail", "hang", "warn", "inconclusive"]);
/** Maximum number of listed interactions that were not played. */
const MAX_UNPLAYED = 10;

/** Prints a verdict: in full if it needs attention, in one line if it is tolerated or known. */
export function showVerdict(
  { verdict, trace }: TrafficVerdict,
  verbose: boolean,
  print: (text: string) => void,
  io: Io,
): void {
  const { result, scenario, findings, reason } = verdict;
  if (SHOWN.has(result)) print(`${coloured(failureText(verdict, trace), io)}\n`);
  else if (result === "tolerated" || result === "known")
    print(
      `${result}  ${scenario}: ${visible(findings.map(({ message }) => message).join("; "))}${reason === undefined ? "" : ` (${reason})`}\n`,
    );
  else if (verbose && result !== "pass") print(`${result}  ${scenario}: ${reason ?? ""}\n`);
}

/** Summary at the end: requests, coverage, problems, end of the command, and counts. */
export function sumLines(
  verdicts: readonly Verdict[],
  problems: readonly string[],
  coverage: Coverage | undefined,
  traffic: Traffic,
): string[] {
  return [
    ...(coverage === undefined ? [] : coverageSummary(coverage, traffic.exchanges.length)),
    ...problems.map((problem) => `problem: ${visible(problem)}`),
    ...commandLine(traffic),
    `${count(verdicts.length, "check")}: ${summaryOf(verdicts)}`,
  ];
}

function coverageSummary({ interactions, operations }: Coverage, requests: number): string[] {
  const requested = operations.requested.map(({ operation, requests: n }) => `${operation} ${n}`).join(", ");
  const { played, all, unplayed } = interactions;
  return [
    `${count(requests, "request")}${requested === "" ? "" : `: ${requested}`} (${operations.requested.length} of OGL's ${operations.all} operations)`,
    ...(all === 0
      ? []
      : [`cassettes: ${played} of ${all} interactions played (${Math.floor((100 * played) / all)} %)`]),
    ...unplayed.slice(0, MAX_UNPLAYED).map((title) => `  not played: ${title}`),
    ...(unplayed.length > MAX_UNPLAYED ? [`  and ${unplayed.length - MAX_UNPLAYED} more`] : []),
  ];
}

/** Line about the command's own failure, as distinct from its traffic. */
function commandLine({ command }: Traffic): string[] {
  if (command === undefined || command.overdue || command.exitCode === 0) return [];
  const how = command.signal === null ? `with exit code ${command.exitCode}` : `by ${command.signal}`;
  return [`the command itself failed: it ended ${how}`];
}
