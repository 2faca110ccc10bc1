import { failureText, summaryOf } from "../../report/index.ts";
import type { Coverage, Result, Traffic, TrafficVerdict, Verdict } from "../../suites/index.ts";
import { type Io, coloured, count } from "../support/index.ts";

/** Results that are shown with the exchanges behind them. */
const SHOWN = new Set<Result>(["fail", "hang", "warn"]);
/** So many interactions that were not played are named. */
const MAX_UNPLAYED = 10;

/** A verdict that is to be looked at; what is tolerated or known in a line. */
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
      `${result}  ${scenario}: ${findings.map(({ message }) => message).join("; ")}${reason === undefined ? "" : ` (${reason})`}\n`,
    );
  else if (verbose && result !== "pass") print(`${result}  ${scenario}: ${reason ?? ""}\n`);
}

/** What a person reads last: how much was asked, what of it was covered, how the command ended, and the sum. */
export function sumLines(
  verdicts: readonly Verdict[],
  problems: readonly string[],
  coverage: Coverage | undefined,
  traffic: Traffic,
): string[] {
  return [
    ...(coverage === undefined ? [] : coverageSummary(coverage, traffic.exchanges.length)),
    ...problems.map((problem) => `problem: ${problem}`),
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

/** The command's own failure is told apart from what its traffic shows. */
function commandLine({ command }: Traffic): string[] {
  if (command === undefined || command.overdue || command.exitCode === 0) return [];
  const how = command.signal === null ? `with exit code ${command.exitCode}` : `by ${command.signal}`;
  return [`the command itself failed: it ended ${how}`];
}
