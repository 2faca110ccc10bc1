import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Command, Option } from "commander";
import {
  CASSETTE_SUFFIX,
  importExchanges,
  MAX_CASSETTE_BYTES,
  parseExchanges,
  printCassette,
} from "../../cassette/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../../spec/index.ts";
import { UsageError } from "../errors.ts";
import { writeFileAtomically } from "../write-file.ts";

export function importCommand(): Command {
  return new Command("import")
    .description("Make a cassette of raw HTTP exchanges (JSON Lines).")
    .argument("<file>", "JSON Lines: name, request, response, reads [[ms, bytes], …], end")
    .requiredOption("-o, --out <file>", `cassette to write (NAME${CASSETTE_SUFFIX})`)
    .addOption(
      new Option("--ogl <version>", "OGL version to validate against")
        .choices([...OGL_VERSIONS])
        .default(DEFAULT_OGL_VERSION),
    )
    .option("--title <text>", "title of the cassette (default: the name of the file)")
    .option("--only <name...>", "import only the exchanges of these names")
    .option("--force", "replace the cassette if there is one")
    .addHelpText(
      "after",
      "\nKeys, tokens, cookies and e-mail addresses are replaced by pseudonyms; what contradicts the\nOpenAPI gets a waiver. The line format is described in docs/cassettes.md.",
    )
    .action(importFile);
}

interface ImportFlags {
  readonly out: string;
  readonly ogl: string;
  readonly title?: string;
  readonly only?: string[];
  readonly force?: boolean;
}

async function importFile(file: string, flags: ImportFlags): Promise<void> {
  if (!flags.out.endsWith(CASSETTE_SUFFIX))
    throw new UsageError(`--out ${flags.out}: the name of a cassette ends in ${CASSETTE_SUFFIX}`);
  if (!flags.force && statSync(flags.out, { throwIfNoEntry: false }))
    throw new UsageError(
      `${flags.out} is there already\n  mend: choose another name, or replace it with --force`,
    );
  const all = parseExchanges(file, readInput(file));
  const unknown = flags.only?.filter((name) => !all.some((exchange) => exchange.name === name)) ?? [];
  if (unknown.length > 0) throw new UsageError(`${file} has no exchange named ${unknown.join(", ")}`);
  const exchanges = flags.only ? all.filter((exchange) => flags.only?.includes(exchange.name)) : all;
  if (exchanges.length === 0) throw new UsageError(`${file} holds no exchange`);
  const about = {
    title: flags.title ?? basename(file).replace(/\.[^.]*$/, ""),
    origin: "recorded",
    ogl: oglVersion(flags.ogl),
  } as const;
  const cassette = await importExchanges(file, exchanges, { about });
  writeFileAtomically(flags.out, printCassette(cassette));
  const waivers = cassette.interactions.reduce(
    (sum, interaction) => sum + (interaction.waivers?.length ?? 0),
    0,
  );
  const sanitized = cassette.about.sanitized?.join(", ") ?? "nothing";
  process.stdout.write(
    `${flags.out}: ${cassette.interactions.length} interactions; replaced: ${sanitized}; waivers: ${waivers}\n`,
  );
}

function readInput(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`${file}: no such file`);
  if (!stat.isFile()) throw new UsageError(`${file} is not a file`);
  if (stat.size > 4 * MAX_CASSETTE_BYTES)
    throw new UsageError(
      `${file} has ${(stat.size / 2 ** 20).toFixed(0)} MiB; split it into files of at most ${(4 * MAX_CASSETTE_BYTES) / 2 ** 20} MiB`,
    );
  return readFileSync(file, "utf8");
}
