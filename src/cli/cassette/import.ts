import { basename } from "node:path";
import { Command, Option } from "commander";
import {
  CASSETTE_SUFFIX,
  IMPORT_FORMATS,
  type ImportFormat,
  type ImportResult,
  MAX_CASSETTE_BYTES,
  betterGeneration,
  cassetteImport,
  generationAdvice,
  printCassette,
} from "../../cassette/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../../openapi/index.ts";
import { defined, problemText } from "../../util/index.ts";
import {
  type CommandIo,
  UsageError,
  addSanitizeOptions,
  count,
  countByRule,
  located,
  readBytes,
  replacedLines,
  sanitizeRules,
  withheldLines,
  writeFileAtomically,
  statNamed,
  mustBeWritable,
} from "../support/index.ts";

/** Makes the command `gatetape cassette import`. */
export function importCommand(io: CommandIo): Command {
  return addSanitizeOptions(new Command("import"))
    .description("Make a cassette from exchanges that another tool saved, or from raw ones.")
    .argument(
      "<file>",
      "HAR (also in .zip), VCR cassette, nock recording, ReplayFixture, or JSON Lines; .gz too",
    )
    .requiredOption("-o, --out <file>", `cassette to write (NAME${CASSETTE_SUFFIX})`)
    .addOption(
      new Option("--from <format>", "format of the file (default: found by its content)").choices([
        ...IMPORT_FORMATS,
      ]),
    )
    .option("--host <host>", "import only requests to this host (default for a HAR: the one with /v1/ paths)")
    .option(
      "--prefix <path>",
      "base path that is cut from targets, so that a client at /v1 finds them; / cuts nothing (default: found by itself)",
    )
    .addOption(
      new Option(
        "--ogl <version>",
        `OGL version to validate against (default: "${DEFAULT_OGL_VERSION}")`,
      ).choices([...OGL_VERSIONS]),
    )
    .option("--title <text>", "title of the cassette (default: the name of the file)")
    .option("--only <name...>", "import only the exchanges of these names")
    .option("--force", "replace the cassette if there is one")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette import devtools.har --host llm.example.org --out cassettes/page.cassette.json
  gatetape cassette import tests/cassettes/test_chat.yaml --out cassettes/chat.cassette.json
  gatetape cassette import exchanges.jsonl --out cassettes/chat.cassette.json

Keys, tokens, cookies, e-mail and IP addresses, and matches of the config's sanitize rules, are replaced by
pseudonyms, and so is a text that looks made by chance; what can't be replaced is left out, with exit code 1.
Contradictions to the OpenAPI get waivers. The same request twice is played in sequence. What does
not fit HTTP/1 is adjusted, and each adjustment is printed. An exchange that can't be imported is left out and
named; the exit code is then 1.
The formats are described in docs/cassettes.md.`,
    )
    .action((file: string, flags: ImportFlags) => importCassette(file, flags, io));
}

interface ImportFlags {
  readonly config?: string | boolean;
  readonly keep?: readonly string[];
  readonly redact?: "personal";
  readonly out: string;
  readonly from?: ImportFormat;
  readonly host?: string;
  readonly prefix?: string;
  readonly ogl?: string;
  readonly title?: string;
  readonly only?: string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

async function importCassette(file: string, flags: ImportFlags, io: CommandIo): Promise<void> {
  if (!flags.out.endsWith(CASSETTE_SUFFIX))
    throw new UsageError(
      "option",
      { option: "--out", file: flags.out },
      `the name of a cassette ends in ${CASSETTE_SUFFIX}`,
      `name it ${flags.out.replace(/\.json$/, "")}${CASSETTE_SUFFIX}`,
    );
  const out = located(io, flags.out);
  mustBeWritable(out, "--out");
  if (!flags.force && statNamed(out, "--out"))
    throw new UsageError(
      "exists",
      { file: flags.out },
      "is there already",
      "choose another name, or replace it with --force",
    );
  const path = located(io, file);
  const bytes = readInput(path);
  const { importFile } = await cassetteImport();
  const { from, host, prefix, only } = flags;
  const result = await importFile(path, bytes, {
    title: flags.title ?? basename(file).replace(/(?:\.[^.]*)?(?:\.gz)?$/, ""),
    ogl: oglVersion(flags.ogl ?? DEFAULT_OGL_VERSION),
    rules: await sanitizeRules(flags, io),
    chosen: (["title", "ogl"] as const).filter((key) => flags[key] !== undefined),
    ...defined({ from, host, prefix, only }),
  });
  mustBeUsable(file, flags, result, io);
  const text = printCassette(result.cassette);
  if (Buffer.byteLength(text) > MAX_CASSETTE_BYTES)
    throw new UsageError(
      "too-large",
      { file },
      `the cassette would be larger than ${MAX_CASSETTE_BYTES / 2 ** 20} MiB, which no command reads`,
      "import it in parts, with --only or --host",
    );
  writeFileAtomically(out, text);
  printLeftOut(flags, result, io);
  io.stdout.write(flags.json ? importJson(flags, result) : importSummary(flags, result));
  const better = betterGeneration(result.cassette);
  if (better !== undefined) {
    const advice = generationAdvice(better, result.cassette.about.ogl);
    io.stderr.write(`gatetape: ${problemText({ location: {}, ...advice })}\n`);
  }
  if (result.leftOut.length + result.withheld.length > 0) io.exitCode = 1;
}

/** @throws UsageError if nothing was imported, or an option met nothing */
function mustBeUsable(file: string, flags: ImportFlags, result: ImportResult, io: CommandIo): void {
  const { cassette, leftOut, prefixes, withheld } = result;
  const lost = leftOut.length + withheld.length;
  if (cassette.interactions.length === 0) {
    printLeftOut({ ...flags, json: false }, result, io);
    for (const line of withheldLines(withheld)) io.stderr.write(`${line}\n`);
    throw new UsageError(
      "not-found",
      { file },
      lost === 0
        ? "holds no exchange"
        : `holds no exchange that can be imported: ${count(lost, "exchange")} left out, nothing was written`,
      "import what a client of OGL recorded; the lines above say why the others are left out",
    );
  }
  const { prefix } = flags;
  if (prefix !== undefined && prefix !== "/" && Object.keys(prefixes).length === 0)
    throw new UsageError(
      "option",
      { option: "--prefix", file },
      "no target begins with that path and goes on",
      "leave --prefix out: it is found by itself; / cuts nothing",
    );
}

function printLeftOut(flags: ImportFlags, { leftOut }: ImportResult, io: CommandIo): void {
  if (flags.json) return;
  for (const { location, reason, fix } of leftOut)
    io.stderr.write(`${problemText({ location, reason: `left out: ${reason}`, fix })}\n`);
}

function importJson(flags: ImportFlags, result: ImportResult): string {
  const { cassette, leftOut, ...rest } = result;
  return `${JSON.stringify({
    out: flags.out,
    interactions: cassette.interactions.length,
    sanitized: cassette.about.sanitized ?? [],
    waivers: waiversOf(result),
    leftOut: leftOut.map(({ location: { line, pointer }, reason, fix }) => ({
      ...defined({ line, pointer }),
      reason,
      fix,
    })),
    ...rest,
  })}\n`;
}

function waiversOf({ cassette }: ImportResult): number {
  return cassette.interactions.reduce((sum, { waivers }) => sum + (waivers?.length ?? 0), 0);
}

function importSummary(flags: ImportFlags, result: ImportResult): string {
  const { cassette, host, format, leftOut, skipped, adjusted, prefixes, losses, replaced, withheld } = result;
  const { interactions, about } = cassette;
  const passedOver = Object.entries(skipped).map(([reason, n]) => `${n} (${reason})`);
  const lines = [
    ...adjustments(adjusted),
    ...Object.entries(prefixes).map(
      ([cut, n]) => `cut from the path of ${count(n, "request")}: ${cut}; --prefix / leaves it`,
    ),
    ...losses,
    `${flags.out}: ${count(interactions.length, "interaction")}; replaced: ${about.sanitized?.join(", ") || "nothing"}; waivers: ${waiversOf(result)}`,
    [
      `from ${format}`,
      ...(host === undefined ? [] : [`of ${host}`]),
      ...(leftOut.length === 0 ? [] : [`left out: ${leftOut.length}`]),
      ...(passedOver.length === 0 ? [] : [`passed over: ${passedOver.join(", ")}`]),
    ].join("; "),
    ...replacedLines(
      replaced.map((one) => ({ ...one, at: `entry ${one.number}, ` })),
      countByRule(replaced),
    ),
    ...withheldLines(withheld),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Most entry numbers that one line names. */
const MAX_NUMBERS = 8;

/** Adjustments in words, one line for each kind with the numbers of its entries. */
function adjustments(adjusted: ImportResult["adjusted"]): string[] {
  return [...Map.groupBy(adjusted, ({ what }) => what)].map(([what, list]) => {
    const numbers = list.slice(0, MAX_NUMBERS).map(({ number }) => number);
    const more = list.length > MAX_NUMBERS ? ` and ${list.length - MAX_NUMBERS} more` : "";
    return `${list.length === 1 ? "entry" : "entries"} ${numbers.join(", ")}${more}: ${what}`;
  });
}

function readInput(file: string): Uint8Array {
  const stat = statNamed(file);
  if (stat === undefined)
    throw new UsageError(
      "not-found",
      { file },
      "no such file",
      "check the path; relative paths start at the current folder",
    );
  if (!stat.isFile())
    throw new UsageError(
      "wrong-kind",
      { file },
      "is not a file",
      "name one file; folders are imported file by file",
    );
  if (stat.size > 4 * MAX_CASSETTE_BYTES)
    throw new UsageError(
      "too-large",
      { file },
      `has ${(stat.size / 2 ** 20).toFixed(0)} MiB`,
      `split it into files of at most ${(4 * MAX_CASSETTE_BYTES) / 2 ** 20} MiB`,
    );
  return readBytes(file, "check its permissions");
}
