import { Command, Option } from "commander";
import {
  DEFAULT_OGL_VERSION,
  type Erratum,
  OGL_VERSIONS,
  type OglVersion,
  PINNED_VERSIONS,
  describeOperation,
  errataOf,
  findOperations,
  listOperations,
  oglVersion,
} from "../../openapi/index.ts";
import { nearestWord } from "../../util/index.ts";
import { type CommandIo, UsageError, count } from "../support/index.ts";
import { boldOn, erratumLines, operationPage, operationTable } from "./page.ts";

const EXAMPLES = `
Examples:
  gatetape spec show                     all operations
  gatetape spec show chat.create         one, with its schemas and errata
  gatetape spec show "POST /v1/rerank"   the same by method and path, or by the OpenAPI's id
  gatetape spec show --errata            where the real server is known to differ from its OpenAPI
  gatetape spec show models.get --json   for programs`;

/** Makes the command `gatetape spec show`. */
export function specShowCommand(io: CommandIo): Command {
  return new Command("show")
    .description("Show the operations of an OGL version, one of them, or the errata.")
    .argument("[operation...]", "short name, the OpenAPI's id, path, or method and path")
    .addOption(
      new Option("--ogl <version>", "version of OGL").choices([...OGL_VERSIONS]).default(DEFAULT_OGL_VERSION),
    )
    .option("--errata", "list the errata: of all versions, or of the one given by --ogl")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((words: string[], flags: ShowFlags, command: Command) => showSpec(words, flags, command, io));
}

interface ShowFlags {
  readonly ogl: string;
  readonly errata?: boolean;
  readonly json?: boolean;
}

function showSpec(words: readonly string[], flags: ShowFlags, command: Command, io: CommandIo): void {
  const version = oglVersion(flags.ogl);
  const name = words.join(" ");
  if (flags.errata) {
    if (name !== "")
      throw new UsageError(
        "option",
        {},
        "--errata takes no operation",
        `leave it out: gatetape spec show ${name} has those of that operation`,
      );
    printShown(
      io,
      flags,
      ...errataList(io, command.getOptionValueSource("ogl") === "cli" ? [version] : OGL_VERSIONS),
    );
  } else if (name === "") printShown(io, flags, ...operationList(version, io));
  else {
    const operation = describeOperation(version, oneOperation(version, name));
    if (operation !== undefined)
      printShown(io, flags, { operation }, operationPage(operation, boldOn(io.stdout)));
  }
}

function printShown(io: CommandIo, flags: ShowFlags, data: object, lines: readonly string[]): void {
  io.stdout.write(flags.json ? `${JSON.stringify(data)}\n` : `${lines.join("\n")}\n`);
}

function operationList(ogl: OglVersion, io: CommandIo): [object, string[]] {
  const operations = listOperations(ogl);
  return [
    { ogl, operations },
    [
      `OGL ${ogl}: ${count(operations.length, "operation")}, with what the OpenAPI declares`,
      "",
      ...operationTable(operations, boldOn(io.stdout)),
      "",
      "gatetape spec show OPERATION has more; gatetape spec show --errata lists where the server differs.",
    ],
  ];
}

function errataList(io: CommandIo, versions: readonly OglVersion[]): [object, string[]] {
  const errata = new Map<string, Erratum>(
    versions.flatMap((version) => errataOf(version).map((erratum) => [erratum.id, erratum] as const)),
  );
  return [
    { ogl: versions, errata: [...errata.values()] },
    [...errata.values()].flatMap((erratum, i) => [
      ...(i === 0 ? [] : [""]),
      ...erratumLines(erratum, boldOn(io.stdout)),
    ]),
  ];
}

function oneOperation(version: OglVersion, name: string): string {
  const found = findOperations(version, name);
  if (found.length === 1 && found[0] !== undefined) return found[0].id;
  if (found.length > 1)
    throw new UsageError(
      "option",
      {},
      `${name} is ${count(found.length, "operation")}`,
      `choose one: ${found.map(({ method, path }) => `"${method} ${path}"`).join(", ")}`,
    );
  const operations = listOperations(version);
  const near = nearestWord(
    name,
    operations.flatMap(({ id, operationId, path }) => [id, operationId, path]),
  );
  const elsewhere = PINNED_VERSIONS.filter((other) => findOperations(other, name).length > 0);
  const hint =
    elsewhere.length > 0
      ? `OGL ${elsewhere.join(", ")} has it: --ogl ${elsewhere[0]}`
      : `${near === undefined ? "" : `did you mean ${near}? `}gatetape spec show lists them`;
  throw new UsageError("not-found", {}, `OGL ${version} has no operation ${name}`, hint);
}
