import { closeSync, openSync, writeSync } from "node:fs";
import { printLine, printReport } from "../../report/index.ts";
import type { RecordLine } from "../../suites/index.ts";
import type { ReportTarget } from "./report-flags.ts";
import { UsageError, type Io, located, mustBeWritable, writeFileAtomically } from "../support/index.ts";

/** Growing record of a run. NDJSON is written line by line, so that a crash leaves it readable; other formats at the end. */
export class RecordFile {
  readonly lines: RecordLine[] = [];
  readonly #targets: readonly ReportTarget[];
  #open: readonly number[] | undefined;
  readonly #io: Io;

  /** @throws UsageError if a file cannot be written: before the run, not after it */
  constructor(targets: readonly ReportTarget[], io: Io) {
    checkTargets(targets, io);
    this.#io = io;
    this.#targets = targets;
  }

  add(line: RecordLine): void {
    this.lines.push(line);
    const text = printLine(line);
    this.#open ??= this.#targets.filter(isGrowing).map(({ file }) => openReport(file, this.#io));
    for (const fd of this.#open) writeSync(fd, text);
    for (const { format, file } of this.#targets)
      if (format === "ndjson" && file === "-") this.#io.stdout.write(text);
  }

  /** Writes the reports that need the whole record. */
  finish(): void {
    for (const fd of this.#open ?? []) closeSync(fd);
    writeReports(
      this.#targets.filter(({ format }) => format !== "ndjson"),
      this.lines,
      this.#io,
    );
  }
}

/** Checks that reports can be written. @throws UsageError for the first that can't */
export function checkTargets(targets: readonly ReportTarget[], io: Io): void {
  for (const { file } of targets) if (file !== "-") mustBeWritable(located(io, file), "--report");
}

function openReport(file: string, io: Io): number {
  try {
    return openSync(located(io, file), "w");
  } catch (error) {
    throw new UsageError(
      "unwritable",
      { option: "--report", file },
      `can't be written: ${(error as Error).message}`,
      "check the path and its permissions",
    );
  }
}

/** Prints a record in each target's format. @throws UsageError if a file cannot be written */
export function writeReports(targets: readonly ReportTarget[], lines: readonly RecordLine[], io: Io): void {
  for (const { format, file } of targets) {
    const text = printReport(format, lines);
    if (file === "-") io.stdout.write(text);
    else writeFileAtomically(located(io, file), text);
  }
}

const isGrowing = ({ format, file }: ReportTarget): boolean => format === "ndjson" && file !== "-";
