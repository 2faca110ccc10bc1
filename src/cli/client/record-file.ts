import { closeSync, openSync, writeSync } from "node:fs";
import { printLine, printReport } from "../../report/index.ts";
import type { RecordLine } from "../../suites/index.ts";
import { UsageError } from "../errors.ts";
import { writeFileAtomically } from "../write-file.ts";
import type { ReportTarget } from "./flags.ts";

/** The record of a run as it grows: NDJSON is written line by line, so that a crash leaves it readable; the rest at the end. */
export class RecordFile {
  readonly lines: RecordLine[] = [];
  readonly #targets: readonly ReportTarget[];
  readonly #open: number[];

  /** @throws UsageError if a file can't be written: said before the run, not after it */
  constructor(targets: readonly ReportTarget[]) {
    this.#targets = targets;
    this.#open = targets.filter(isGrowing).map(({ file }) => {
      try {
        return openSync(file, "w");
      } catch (error) {
        throw new UsageError(
          "unwritable",
          { file },
          `can't be written: ${(error as Error).message}`,
          "check the path and its permissions",
        );
      }
    });
  }

  add(line: RecordLine): void {
    this.lines.push(line);
    const text = printLine(line);
    for (const fd of this.#open) writeSync(fd, text);
    for (const { format, file } of this.#targets)
      if (format === "ndjson" && file === "-") process.stdout.write(text);
  }

  /** Writes the reports that are made of the whole. */
  finish(): void {
    for (const fd of this.#open) closeSync(fd);
    writeReports(
      this.#targets.filter(({ format }) => format !== "ndjson"),
      this.lines,
    );
  }
}

export function writeReports(targets: readonly ReportTarget[], lines: readonly RecordLine[]): void {
  for (const { format, file } of targets) {
    const text = printReport(format, lines);
    if (file === "-") process.stdout.write(text);
    else writeFileAtomically(file, text);
  }
}

const isGrowing = ({ format, file }: ReportTarget): boolean => format === "ndjson" && file !== "-";
