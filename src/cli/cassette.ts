import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { Command, Option } from "commander";
import { CASSETTE_SUFFIX, CassetteError, findCassettes, importExchanges, loadCassette, loadLibrary, MAX_CASSETTE_BYTES, parseExchanges, printCassette, problemsOf } from "../cassette/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../spec/index.ts";
import { UsageError } from "./errors.ts";
import { timelineOf } from "./timeline.ts";
import { writeFileAtomically } from "./write-file.ts";

export function cassetteCommand(): Command {
  return new Command("cassette")
    .description("Work with cassettes: import, lint, show.")
    .helpCommand(false)
    .addCommand(importCommand())
    .addCommand(lintCommand())
    .addCommand(showCommand());
}

function importCommand(): Command {
  return new Command("import")
    .description("Make a cassette of raw HTTP exchanges (JSON Lines).")
    .argument("<file>", "JSON Lines: name, request, response, reads [[ms, bytes], …], end")
    .requiredOption("-o, --out <file>", `cassette to write (NAME${CASSETTE_SUFFIX})`)
    .addOption(new Option("--ogl <version>", "OGL version to validate against").choices([...OGL_VERSIONS]).default(DEFAULT_OGL_VERSION))
    .option("--title <text>", "title of the cassette (default: the name of the file)")
    .option("--only <name...>", "import only the exchanges of these names")
    .option("--force", "replace the cassette if there is one")
    .addHelpText("after", "\nKeys, tokens, cookies and e-mail addresses are replaced by pseudonyms; what contradicts the\nOpenAPI gets a waiver. The line format is described in docs/cassettes.md.")
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
  if (!flags.out.endsWith(CASSETTE_SUFFIX)) throw new UsageError(`--out ${flags.out}: the name of a cassette ends in ${CASSETTE_SUFFIX}`);
  if (!flags.force && statSync(flags.out, { throwIfNoEntry: false })) throw new UsageError(`${flags.out} is there already\n  mend: choose another name, or replace it with --force`);
  const all = parseExchanges(file, readInput(file));
  const unknown = flags.only?.filter((name) => !all.some((exchange) => exchange.name === name)) ?? [];
  if (unknown.length > 0) throw new UsageError(`${file} has no exchange named ${unknown.join(", ")}`);
  const exchanges = flags.only ? all.filter((exchange) => flags.only?.includes(exchange.name)) : all;
  if (exchanges.length === 0) throw new UsageError(`${file} holds no exchange`);
  const about = { title: flags.title ?? basename(file).replace(/\.[^.]*$/, ""), origin: "recorded", ogl: oglVersion(flags.ogl) } as const;
  const cassette = await importExchanges(file, exchanges, { about });
  writeFileAtomically(flags.out, printCassette(cassette));
  const waivers = cassette.interactions.reduce((sum, interaction) => sum + (interaction.waivers?.length ?? 0), 0);
  const sanitized = cassette.about.sanitized?.join(", ") ?? "nothing";
  process.stdout.write(`${flags.out}: ${cassette.interactions.length} interactions; replaced: ${sanitized}; waivers: ${waivers}\n`);
}

function readInput(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`${file}: no such file`);
  if (!stat.isFile()) throw new UsageError(`${file} is not a file`);
  if (stat.size > 4 * MAX_CASSETTE_BYTES) throw new UsageError(`${file} has ${(stat.size / 2 ** 20).toFixed(0)} MiB; split it into files of at most ${(4 * MAX_CASSETTE_BYTES) / 2 ** 20} MiB`);
  return readFileSync(file, "utf8");
}

function lintCommand(): Command {
  return new Command("lint")
    .description("Check cassettes: format, spec, secrets, canonical form, unused waivers.")
    .argument("<path...>", "cassette files and folders")
    .option("--json", "print one JSON object")
    .action(lint);
}

interface LintProblem {
  readonly file: string;
  readonly pointer: string | null;
  readonly line: number | null;
  readonly code: string;
  readonly level: "error" | "warning";
  readonly reason: string;
  readonly mend: string;
}

function lint(paths: string[], flags: { readonly json?: boolean }): void {
  const problems: LintProblem[] = [];
  let interactions = 0;
  let waived = 0;
  const addError = (error: CassetteError): void => {
    for (const { place, code, reason, mend } of problemsOf(error)) {
      problems.push({ file: place.file, pointer: place.pointer ?? null, line: place.line ?? null, code, level: "error", reason, mend });
    }
  };
  const files = findCassettes(paths);
  const sound: string[] = [];
  for (const file of files) {
    try {
      const loaded = loadCassette(file);
      sound.push(file);
      interactions += loaded.cassette.interactions.length;
      waived += loaded.waived.length;
      const warn = (code: string, pointer: string | null, reason: string, mend: string): void => void problems.push({ file, pointer, line: null, code, level: "warning", reason, mend });
      for (const pointer of loaded.staleWaivers) warn("stale-waiver", pointer, "the waiver covers nothing", "remove it");
      if (printCassette(loaded.cassette) !== readFileSync(file, "utf8")) warn("not-canonical", null, "is not printed canonically", "gatetape prints it so when it writes it; a diff is smaller then");
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      addError(error);
    }
  }
  for (const ogl of OGL_VERSIONS) {
    try {
      loadLibrary({ ogl, paths: sound });
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      addError(error);
    }
  }
  const errors = problems.filter((problem) => problem.level === "error").length;
  const summary = { files: files.length, interactions, waived, errors, warnings: problems.length - errors };
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...summary, problems })}\n`);
  else {
    for (const { file, line, pointer, level, reason, mend } of problems) {
      process.stdout.write(`${file}${line === null ? "" : `:${line}`}${pointer === null ? "" : ` at ${pointer || "/"}`}: ${level}: ${reason}\n  mend: ${mend}\n`);
    }
    process.stdout.write(`${[
        count(summary.files, "cassette"),
        count(interactions, "interaction"),
        `${count(waived, "deviation")} waived`,
        count(errors, "error"),
        count(summary.warnings, "warning"),
      ].join(", ")}\n`);
  }
  if (errors > 0) process.exitCode = 1;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function showCommand(): Command {
  return new Command("show")
    .description("Show a cassette: its interactions, or one of them as a timeline.")
    .argument("<file>", "cassette")
    .argument("[name]", "name of an interaction, or its number")
    .option("--full", "print chunks as they are, and do not shorten")
    .action(show);
}

function show(file: string, name: string | undefined, flags: { readonly full?: boolean }): void {
  const { cassette, readSideFile } = loadCassette(file);
  const { about, interactions } = cassette;
  const wanted = name === undefined ? (interactions.length === 1 ? 0 : undefined) : interactions.findIndex((interaction, i) => interaction.name === name || String(i) === name);
  if (wanted === -1) throw new UsageError(`${file} has no interaction "${name}"\n  mend: run gatetape cassette show ${file} for the list`);
  const interaction = wanted === undefined ? undefined : interactions[wanted];
  if (interaction !== undefined) {
    process.stdout.write(timelineOf(interaction, readSideFile, flags.full ?? false));
    return;
  }
  process.stdout.write(`${about.title} (${about.origin}, OGL ${about.ogl})\n`);
  for (const [i, { name: title, request, response, waivers = [] }] of interactions.entries()) {
    const mark = waivers.length > 0 ? `  ${waivers.length} waived` : "";
    process.stdout.write(`  ${String(i).padStart(3)}  ${title}  ${request.method} ${request.target} -> ${response.status ?? "no answer"}${mark}\n`);
  }
}
