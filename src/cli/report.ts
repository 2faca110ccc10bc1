import { Command } from "commander";
import { parseRecord } from "../report/index.ts";
import type { RecordLine } from "../suites/index.ts";
import { type ReportTarget, collectReport, writeReports, checkTargets } from "./reporting/index.ts";
import { type CommandIo, located, readTextFile } from "./support/index.ts";

const EXAMPLES = `
Examples:
  gatetape report merge shard-1.ndjson shard-2.ndjson --report junit=client.xml --report markdown=client.md
  gatetape report merge run.ndjson --report github=-`;

/** Makes the command `gatetape report`. */
export function reportCommand(io: CommandIo): Command {
  return new Command("report")
    .description("Work on the records of runs (NDJSON).")
    .addCommand(mergeCommand(io));
}

function mergeCommand(io: CommandIo): Command {
  return new Command("merge")
    .description("Merge records, shards of one run or several clients, and print them in any format.")
    .argument(
      "<file...>",
      "records that --report ndjson=FILE of gatetape client, gate, check or server wrote",
    )
    .option(
      "--report <format=file>",
      "ndjson, json, junit, markdown, github or badge; may be repeated; without it Markdown on stdout",
      collectReport,
    )
    .addHelpText("after", EXAMPLES)
    .action((files: string[], flags: { report?: ReportTarget[] }) => merge(files, flags, io));
}

function merge(
  files: string[],
  { report = [{ format: "markdown", file: "-" }] }: { report?: ReportTarget[] },
  io: CommandIo,
): void {
  checkTargets(report, io);
  const lines: RecordLine[] = files.flatMap((file) => parseRecord(readReport(located(io, file)), file));
  writeReports(report, lines, io);
}

function readReport(file: string): string {
  return readTextFile(file, "check the path");
}
