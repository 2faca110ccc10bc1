import { statSync } from "node:fs";
import { Command, Option } from "commander";
import { type DocumentDifference, type ImportedOpenApi, importTools } from "../../openapi/index.ts";
import { type CommandIo, UsageError, count, located, writeFileAtomically } from "../support/index.ts";
import { type ReadDocument, readDocument } from "./document.ts";
import { differenceLines } from "./page.ts";

/** Maximum number of printed differences; --json has them all. */
const MAX_PRINTED = 50;

const HELP = `
Prose, examples, servers and unused components are left out, components are sorted; paths stay in the
document's order, since FastAPI matches them in it. Importing the file again gives the same bytes.

Examples:
  gatetape spec import https://gateway.example.org                 writes ./openapi-VERSION.json
  gatetape spec import openapi.json --out spec/openapi-0.5.0.json
  gatetape spec import https://gateway.example.org --check openapi-0.5.0.json
                                                                   for CI: exit 1 if the server's differs`;

/** Makes the command `gatetape spec import`. */
export function specImportCommand(io: CommandIo): Command {
  return new Command("import")
    .description("Pin the OpenAPI of another OGL, or check that a server still has the pinned one.")
    .argument("<url|file>", "a server's base URL, the URL of its openapi.json, or a file")
    .option("-o, --out <file>", "file to write (default: ./openapi-VERSION.json)")
    .option("--force", "replace the file if there is one")
    .addOption(
      new Option(
        "--check <file>",
        "write nothing; exit 1 if the document differs from this pinned one",
      ).conflicts(["out", "force"]),
    )
    .option("--json", "print one JSON object")
    .addHelpText("after", HELP)
    .action((location: string, flags: ImportFlags) => importSpec(location, flags, io));
}

interface ImportFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly check?: string;
  readonly json?: boolean;
}

async function importSpec(location: string, flags: ImportFlags, io: CommandIo): Promise<void> {
  const pinned = flags.check === undefined ? undefined : await readDocument(flags.check, io);
  const document = await readDocument(location, io);
  const { compareOpenApi, importOpenApi } = await importTools();
  if (pinned === undefined) writeSpec(importOpenApi(document.source, document.text), document, flags, io);
  else checkDifferences(compareOpenApi(pinned, document), [pinned, document], flags, io);
}

function checkDifferences(
  differences: readonly DocumentDifference[],
  [pinned, live]: readonly [ReadDocument, ReadDocument],
  flags: ImportFlags,
  io: CommandIo,
): void {
  if (differences.length > 0) io.exitCode = 1;
  if (flags.json) {
    printLines(io, [JSON.stringify({ pinned: pinned.source, live: live.source, differences })]);
    return;
  }
  const hidden = differences.length - MAX_PRINTED;
  printLines(
    io,
    differences.length === 0
      ? [`${live.source} matches ${pinned.source}`]
      : [
          `${live.source} differs from ${pinned.source} in ${count(differences.length, "location")} (- pinned, + live):`,
          ...differenceLines(differences.slice(0, MAX_PRINTED)),
          ...(hidden > 0 ? [`  and ${hidden} more; --json has them all`] : []),
        ],
  );
}

function writeSpec(
  imported: ImportedOpenApi,
  { source }: ReadDocument,
  flags: ImportFlags,
  io: CommandIo,
): void {
  const out = flags.out ?? defaultName(imported.version, source);
  if (!flags.force && statSync(located(io, out), { throwIfNoEntry: false }))
    throw new UsageError(
      "exists",
      { file: out },
      "is there already",
      "choose another name with --out, or replace it with --force",
    );
  writeFileAtomically(located(io, out), imported.text);
  const { text, ...facts } = imported;
  printLines(
    io,
    flags.json
      ? [JSON.stringify({ out, bytes: Buffer.byteLength(text), ...facts })]
      : specSummary(out, imported),
  );
}

function defaultName(version: string, source: string): string {
  if (!/^[\w][\w.+-]*$/.test(version))
    throw new UsageError(
      "config",
      { file: source, pointer: "/info/version" },
      `${JSON.stringify(version)} cannot be part of a file name`,
      "give one with --out",
    );
  return `openapi-${version}.json`;
}

function specSummary(out: string, imported: ImportedOpenApi): string[] {
  const { title, version, components, differences, nearest } = imported;
  const { kept, unused } = components;
  const names =
    unused.length > 0 ? ` (${unused.slice(0, 5).join(", ")}${unused.length > 5 ? ", …" : ""})` : "";
  const { added, removed, changed, same } = differences;
  return [
    `${out}: ${title} ${version}, OpenAPI ${imported.openapi}`,
    `  ${count(imported.operations, "operation")} on ${count(imported.paths, "path")}, in the document's order: FastAPI matches in it`,
    `  ${count(kept, "component")} kept, ${unused.length} unused dropped${names}`,
    `  ${count(imported.dropped, "member")} of prose and instance settings left out`,
    "",
    `Against OGL ${nearest}, the nearest that gatetape knows: ${added.length} added, ${removed.length} removed, ${changed.length} changed, ${same} the same`,
    ...added.map((operation) => `  + ${operation}`),
    ...removed.map((operation) => `  - ${operation}`),
    ...changed.map(({ operation, components: schemas }) => `  ~ ${operation}${inShort(schemas)}`),
  ];
}

function inShort(schemas: readonly string[]): string {
  const names = schemas.map((name) => name.slice(name.indexOf("/") + 1));
  if (names.length === 0) return "";
  return `  ${names.slice(0, 2).join(", ")}${names.length > 2 ? ` and ${names.length - 2} more` : ""}`;
}

function printLines(io: CommandIo, lines: readonly string[]): void {
  io.stdout.write(`${lines.join("\n")}\n`);
}
