import type { EndRecord, RecordLine, Result, RunRecord, TraceRecord, Verdict } from "../suites/index.ts";
import { exchangeLineProblem } from "../trace/index.ts";
import { GatetapeError } from "../util/index.ts";

/** Run of one client, read from its record, with its shards joined. */
export interface Report {
  readonly subject: string;
  readonly runs: readonly RunRecord[];
  /** Verdicts in the order of the record; of several for one scenario the last. */
  readonly verdicts: readonly Verdict[];
  readonly traces: ReadonlyMap<string, TraceRecord>;
  readonly ends: readonly EndRecord[];
  /** False if a run has no end: it was cut short. */
  readonly complete: boolean;
}

export type ReportErrorCode = "not-a-record";

/** Error for a file that is not the record of a run. */
export class ReportError extends GatetapeError<ReportErrorCode> {
  override readonly name = "ReportError";
}

/**
 * Parses a record file. A last line that a crash has cut is left out.
 * @throws ReportError if another line is not a line of a record, or no line is left
 */
export function parseRecord(text: string, file: string): RecordLine[] {
  const lines = text.split("\n");
  const whole = text.endsWith("\n");
  const parsed = lines.flatMap((line, i): RecordLine[] => {
    if (line.trim() === "") return [];
    let value: object | undefined;
    try {
      value = JSON.parse(line) as object;
    } catch {
      if (i === lines.length - 1 && !whole) return [];
    }
    const problem = value === undefined ? "not JSON" : problemOf(value);
    if (problem === undefined) return [value as RecordLine];
    throw new ReportError(
      "not-a-record",
      { file, line: i + 1 },
      `is not a line of a record: ${problem}`,
      RECORD_FIX,
    );
  });
  if (parsed.length === 0)
    throw new ReportError("not-a-record", { file }, "holds no line of a record", RECORD_FIX);
  return parsed;
}

const RECORD_FIX = "give files that --report ndjson=FILE of gatetape client, gate, check or server wrote";

function problemOf(value: object): string | undefined {
  if (!("trace" in value))
    return "run" in value || "verdict" in value || "end" in value
      ? undefined
      : "it has none of run, trace, verdict and end";
  const { exchanges } = value.trace as { readonly exchanges?: unknown };
  if (!Array.isArray(exchanges)) return "the trace has no exchanges";
  for (const exchange of exchanges as readonly unknown[]) {
    const problem = exchangeLineProblem(exchange);
    if (problem !== undefined) return `an exchange of the trace: ${problem}`;
  }
  return undefined;
}

/** Groups the lines of a record by client, in the order in which the clients come. */
export function makeReports(lines: readonly RecordLine[]): Report[] {
  const subjects = new Map<string, Building>();
  let current: Building | undefined;
  const of = (subject: string): Building => {
    const known = subjects.get(subject) ?? { runs: [], verdicts: new Map(), traces: new Map(), ends: [] };
    subjects.set(subject, known);
    return known;
  };
  for (const line of lines) {
    if ("run" in line) {
      const { name, version } = line.run.client;
      current = of(`${name} ${version}`.trim());
      current.runs.push(line.run);
    } else if ("trace" in line) of(line.trace.subject).traces.set(line.trace.scenario, line.trace);
    else if ("verdict" in line) of(line.verdict.subject).verdicts.set(line.verdict.scenario, line.verdict);
    else current?.ends.push(line.end);
  }
  return [...subjects].map(([subject, { runs, verdicts, traces, ends }]) => ({
    subject,
    runs,
    verdicts: [...verdicts.values()],
    traces,
    ends,
    complete: runs.length > 0 && ends.length >= runs.length,
  }));
}

interface Building {
  readonly runs: RunRecord[];
  readonly verdicts: Map<string, Verdict>;
  readonly traces: Map<string, TraceRecord>;
  readonly ends: EndRecord[];
}

/** Problems of a run as a whole: it fails by each of them, whatever its verdicts are. */
export function allProblems({ ends, complete }: Pick<Report, "ends" | "complete">): string[] {
  return [...ends.flatMap(({ problems }) => problems), ...(complete ? [] : [CUT_SHORT])];
}

const CUT_SHORT = "the run was cut short: verdicts are missing";

/** Counts the verdicts by result, worst first. */
export function countResults(verdicts: readonly Verdict[]): [Result, number][] {
  return WORST_FIRST.flatMap((result): [Result, number][] => {
    const n = verdicts.filter((verdict) => verdict.result === result).length;
    return n === 0 ? [] : [[result, n]];
  });
}

const WORST_FIRST: readonly Result[] = [
  "hang",
  "fail",
  "warn",
  "inconclusive",
  "not-observable",
  "skipped",
  "known",
  "tolerated",
  "pass",
];

/** Noun for a verdict: a client is judged by scenarios, traffic and servers by checks. */
export function nounOf({ runs }: Pick<Report, "runs">): "scenario" | "check" {
  return runs[0]?.judges === undefined ? "scenario" : "check";
}

/** Counts of the results as text: `1 fail, 2 warn, 119 pass`. */
export function summaryOf(verdicts: readonly Verdict[]): string {
  return countResults(verdicts)
    .map(([result, n]) => `${n} ${result}`)
    .join(", ");
}

/** Sorts verdicts by result, worst first. */
export function worstFirst(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.toSorted((a, b) => WORST_FIRST.indexOf(a.result) - WORST_FIRST.indexOf(b.result));
}
