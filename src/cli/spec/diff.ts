import { Command } from "commander";
import { changeTools, importTools } from "../../openapi/index.ts";
import { driftText, printDrift } from "../../report/index.ts";
import type { DriftReport } from "../../suites/index.ts";
import {
  type DriftTarget,
  addDriftReport,
  checkDriftTargets,
  writeDriftReports,
} from "../reporting/index.ts";
import type { CommandIo } from "../support/index.ts";
import { readDocument } from "./document.ts";

const HELP = `
A change breaks clients if a request that was good may be refused, or an answer may lack or hold what it could not:
an operation or member is gone, a type is another, a request needs more or may hold less, an answer may hold more values.
An optional member that is added breaks nobody. docs/live.md has the rules.

Examples:
  gatetape spec diff openapi-old.json openapi-new.json
  gatetape spec diff openapi-0.4.5.json https://gateway.example.org
  gatetape spec diff old.json new.json --report markdown=drift.md

Exit codes: 0 the same for clients, 1 changed, 2 a document can't be read.`;

interface DiffFlags {
  readonly report?: readonly DriftTarget[];
  readonly json?: boolean;
}

/** Makes the command `gatetape spec diff`. */
export function specDiffCommand(io: CommandIo): Command {
  return addDriftReport(new Command("diff"))
    .description("Compare two OpenAPI documents as clients see them, and say which changes break clients.")
    .argument("<before>", "a file, a server's base URL, or the URL of its openapi.json")
    .argument("<after>", "the newer one")
    .option("--json", "print the report as JSON on stdout")
    .addHelpText("after", HELP)
    .action((before: string, after: string, flags: DiffFlags) => diffSpecs([before, after], flags, io));
}

async function diffSpecs(
  [older, newer]: readonly [string, string],
  flags: DiffFlags,
  io: CommandIo,
): Promise<void> {
  checkDriftTargets(flags.report ?? [], io);
  const { readOpenApi } = await importTools();
  const { specChanges } = await changeTools();
  const first = await readDocument(older, io);
  const before = { ...readOpenApi(first.source, first.text), source: first.source };
  const second = await readDocument(newer, io);
  const after = { ...readOpenApi(second.source, second.text), source: second.source };
  const report: DriftReport = {
    before: { source: before.source, version: before.version },
    after: { source: after.source, version: after.version },
    changes: specChanges(before.document, after.document).map((change) => ({ ...change, cassettes: [] })),
  };
  io.stdout.write(flags.json ? printDrift("json", report) : driftText(report));
  writeDriftReports(flags.report ?? [], report, io);
  io.exitCode = report.changes.length > 0 ? 1 : 0;
}
