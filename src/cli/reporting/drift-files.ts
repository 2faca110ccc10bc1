import { type Command, InvalidArgumentError } from "commander";
import { DRIFT_FORMATS, type DriftFormat, printDrift } from "../../report/index.ts";
import type { DriftReport } from "../../suites/index.ts";
import { type Io, located, mustBeWritable, writeFileAtomically } from "../support/index.ts";

/** Format of a report of drift, and its file; `-` is stdout. */
export interface DriftTarget {
  readonly format: DriftFormat;
  readonly file: string;
}

/** Adds `--report` to a command that reports drift. */
export function addDriftReport(command: Command): Command {
  return command.option(
    "--report <format=file>",
    "markdown (for an issue) or json; - is stdout; may be repeated",
    collectDriftReport,
  );
}

function collectDriftReport(text: string, before: readonly DriftTarget[] = []): DriftTarget[] {
  const [name, file] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  const format = DRIFT_FORMATS.find((known) => known === name);
  if (format === undefined || file === "")
    throw new InvalidArgumentError(`Use FORMAT=FILE with one of ${DRIFT_FORMATS.join(", ")}; - is stdout.`);
  return [...before, { format, file }];
}

/** Checks that reports can be written, before the work. @throws UsageError */
export function checkDriftTargets(targets: readonly DriftTarget[], io: Io): void {
  for (const { file } of targets) if (file !== "-") mustBeWritable(located(io, file), "--report");
}

/** Writes a report in each target's format. @throws UsageError if a file cannot be written */
export function writeDriftReports(targets: readonly DriftTarget[], report: DriftReport, io: Io): void {
  for (const { format, file } of targets) {
    const text = printDrift(format, report);
    if (file === "-") io.stdout.write(text);
    else writeFileAtomically(located(io, file), text);
  }
}
