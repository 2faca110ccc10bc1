import { statSync } from "node:fs";
import { Command } from "commander";
import { harTools, loadCassette } from "../../cassette/index.ts";
import { version } from "../../util/index.ts";
import { type CommandIo, UsageError, count, located, writeFileAtomically } from "../support/index.ts";

const DEFAULT_BASE = "http://127.0.0.1:4010";

/** Makes the command `gatetape cassette export`. */
export function exportCommand(io: CommandIo): Command {
  return new Command("export")
    .description("Write a cassette as an HTTP archive (HAR 1.2), for viewers and other tools.")
    .argument("<file>", "cassette")
    .requiredOption("-o, --out <file>", "archive to write (NAME.har)")
    .option("--base <url>", "scheme and host of the URLs", DEFAULT_BASE)
    .option("--force", "replace the file if there is one")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Example:
  gatetape cassette export chat.cassette.json --out chat.har

The exact writes and waits are in \`_gatetape\`: gatetape cassette import restores the same cassette from it.`,
    )
    .action((file: string, flags: ExportFlags) => exportFile(file, flags, io));
}

interface ExportFlags {
  readonly out: string;
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
  if (!flags.force && statSync(located(io, flags.out), { throwIfNoEntry: false }))
    throw new UsageError(
      "exists",
      { file: flags.out },
      "is there already",
      "choose another name, or replace it with --force",
    );
  const { cassette, readSideFile } = loadCassette(located(io, file));
  const { exportHar } = await harTools();
  const har = exportHar(cassette, readSideFile, { base, version: version() });
  writeFileAtomically(located(io, flags.out), `${JSON.stringify(har, null, 1)}\n`);
  const entries = har.log.entries.length;
  io.stdout.write(
    flags.json
      ? `${JSON.stringify({ out: flags.out, entries })}\n`
      : `${flags.out}: ${entries} ${entries === 1 ? "entry" : "entries"} of ${count(cassette.interactions.length, "interaction")}\n`,
  );
}
