import { join } from "node:path";
import { Command, Option } from "commander";
import { type LoadedCassette, cassetteImport, harTools, loadCassette } from "../../cassette/index.ts";
import { version } from "../../util/index.ts";
import {
  type CommandIo,
  UsageError,
  count,
  located,
  writeFileAtomically,
  statNamed,
  mustBeWritable,
} from "../support/index.ts";
import { fileNames } from "./file-names.ts";

const DEFAULT_BASE = "http://127.0.0.1:4010";

/** Makes the command `gatetape cassette export`. */
export function exportCommand(io: CommandIo): Command {
  return new Command("export")
    .description("Write a cassette as an HTTP archive (HAR 1.2), or as ReplayFixtures of OmniLLM.")
    .argument("<file>", "cassette")
    .requiredOption("-o, --out <path>", "archive to write (NAME.har); for replay-fixture a folder")
    .addOption(
      new Option("--to <format>", "format to write").choices(["har", "replay-fixture"]).default("har"),
    )
    .option("--base <url>", "for a HAR: scheme and host of the URLs", DEFAULT_BASE)
    .option("--force", "replace files that are there")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette export chat.cassette.json --out chat.har
  gatetape cassette export chat.cassette.json --to replay-fixture --out fixtures

The exact writes and waits are in \`_gatetape\` of a HAR: gatetape cassette import restores the same cassette from
it. A ReplayFixture has neither; it is one JSON file for each interaction, and one that OmniLLM has no wire format
for is left out (exit code 1).`,
    )
    .action((file: string, flags: ExportFlags) =>
      flags.to === "har" ? exportFile(file, flags, io) : exportFixtures(file, flags, io),
    );
}

interface ExportFlags {
  readonly out: string;
  readonly to: "har" | "replay-fixture";
  readonly base: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

async function exportFile(file: string, flags: ExportFlags, io: CommandIo): Promise<void> {
  if (!flags.out.toLowerCase().endsWith(".har"))
    throw new UsageError(
      "option",
      { option: "--out", file: flags.out },
      "the name of an archive ends in .har",
      `name it ${flags.out}.har`,
    );
  const base = flags.base.replace(/\/$/, "");
  if (!/^https?:\/\/[^/?#@\s]+$/i.test(base))
    throw new UsageError(
      "option",
      {},
      `--base ${flags.base}: is not a scheme and host`,
      `write it as ${DEFAULT_BASE}, without a path`,
    );
  const out = located(io, flags.out);
  mustBeWritable(out, "--out");
  mustBeFree([out], flags);
  const { cassette, readSideFile } = loadCassette(located(io, file));
  const { exportHar } = await harTools();
  const har = exportHar(cassette, readSideFile, { base, version: version() });
  writeFileAtomically(out, `${JSON.stringify(har, null, 1)}\n`);
  const entries = har.log.entries.length;
  io.stdout.write(
    flags.json
      ? `${JSON.stringify({ out: flags.out, entries })}\n`
      : `${flags.out}: ${entries} ${entries === 1 ? "entry" : "entries"} of ${count(cassette.interactions.length, "interaction")}\n`,
  );
}

/** @throws UsageError if one of the files is there and may not be replaced */
function mustBeFree(files: readonly string[], flags: ExportFlags): void {
  const known = flags.force ? undefined : files.find((file) => statNamed(file));
  if (known !== undefined)
    throw new UsageError(
      "exists",
      { file: known },
      "is there already",
      "choose another name, or replace it with --force",
    );
}

async function exportFixtures(file: string, flags: ExportFlags, io: CommandIo): Promise<void> {
  const folder = located(io, flags.out);
  if (statNamed(folder, "--out")?.isDirectory() === false)
    throw new UsageError("wrong-kind", { option: "--out", file: flags.out }, "is a file", "name a folder");
  const { fixtures, leftOut } = await exportedFixtures(loadCassette(located(io, file)));
  const names = fileNames(fixtures.map(({ name }) => name));
  const files = names.map((name) => join(folder, `${name}.json`));
  if (files.length === 0)
    throw new UsageError(
      "not-found",
      { file },
      "holds no interaction that can be a ReplayFixture",
      "export it as a HAR",
    );
  mustBeFree(files, flags);
  for (const [i, path] of files.entries())
    writeFileAtomically(path, `${JSON.stringify(fixtures[i]?.fixture, null, 2)}\n`);
  if (leftOut.length > 0) io.exitCode = 1;
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ out: flags.out, fixtures: files.length, leftOut })}\n`);
    return;
  }
  for (const { pointer, reason } of leftOut) io.stderr.write(`${file} at ${pointer}: left out: ${reason}\n`);
  io.stdout.write(
    `a ReplayFixture has neither times nor the boundaries of writes, and only one header of each name\n${flags.out}: ${count(files.length, "fixture")}${leftOut.length > 0 ? `; left out: ${leftOut.length}` : ""}\n`,
  );
}

interface Fixtures {
  readonly fixtures: readonly { readonly name: string; readonly fixture: object }[];
  readonly leftOut: readonly { readonly pointer: string; readonly reason: string }[];
}

async function exportedFixtures({ cassette, readSideFile }: LoadedCassette): Promise<Fixtures> {
  const { replayFixtureOf } = await cassetteImport();
  const made = cassette.interactions.map((interaction, i) => ({
    name: interaction.name,
    pointer: `/interactions/${i}`,
    fixture: replayFixtureOf(interaction, readSideFile),
  }));
  return {
    fixtures: made.flatMap(({ name, fixture }) => (typeof fixture === "string" ? [] : [{ name, fixture }])),
    leftOut: made.flatMap(({ pointer, fixture }) =>
      typeof fixture === "string" ? [{ pointer, reason: fixture }] : [],
    ),
  };
}
