import { statSync } from "node:fs";
import { basename } from "node:path";
import { Command, Option } from "commander";
import {
  CASSETTE_SUFFIX,
  type CleanCassette,
  type HarImport,
  type Interaction,
  MAX_CASSETTE_BYTES,
  cleanCassette,
  draftOfExchange,
  harTools,
  parseExchanges,
  printCassette,
} from "../../cassette/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../../openapi/index.ts";
import { Sanitizer } from "../../secrets/index.ts";
import {
  type CommandIo,
  type Io,
  UsageError,
  addSanitizeOptions,
  count,
  countByRule,
  located,
  readTextFile,
  replacedLines,
  sanitizeRules,
  withheldLines,
  writeFileAtomically,
} from "../support/index.ts";

/** Makes the command `gatetape cassette import`. */
export function importCommand(io: CommandIo): Command {
  return addSanitizeOptions(new Command("import"))
    .description("Make a cassette from raw HTTP exchanges (JSON Lines) or from an HTTP archive (HAR).")
    .argument("<file>", "JSON Lines: name, request, response, reads [[ms, bytes], …], end; or a HAR")
    .requiredOption("-o, --out <file>", `cassette to write (NAME${CASSETTE_SUFFIX})`)
    .addOption(
      new Option("--from <format>", "format of the file (default: by the ending of its name)").choices([
        "jsonl",
        "har",
      ]),
    )
    .option(
      "--host <host>",
      "for a HAR: import only requests to this host (default: the one with /v1/ paths)",
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
  gatetape cassette import exchanges.jsonl --out cassettes/chat.cassette.json
  gatetape cassette import devtools.har --host llm.example.org --out cassettes/page.cassette.json

Keys, tokens, cookies, e-mail and IP addresses, and matches of the config's sanitize rules, are replaced by
pseudonyms, and so is a text that looks made by chance; what can't be replaced is left out, with exit code 1.
Contradictions to the OpenAPI get waivers. Parts of a HAR that do not fit HTTP/1 are adjusted,
and each adjustment is printed.
The formats are described in docs/cassettes.md.`,
    )
    .action((file: string, flags: ImportFlags) => importFile(file, flags, io));
}

interface ImportFlags {
  readonly config?: string | boolean;
  readonly keep?: readonly string[];
  readonly redact?: "personal";
  readonly out: string;
  readonly from?: "jsonl" | "har";
  readonly host?: string;
  readonly ogl?: string;
  readonly title?: string;
  readonly only?: string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

async function importFile(file: string, flags: ImportFlags, io: CommandIo): Promise<void> {
  if (!flags.out.endsWith(CASSETTE_SUFFIX))
    throw new UsageError(
      "option",
      { option: "--out", file: flags.out },
      `the name of a cassette ends in ${CASSETTE_SUFFIX}`,
    );
  if (!flags.force && statSync(located(io, flags.out), { throwIfNoEntry: false }))
    throw new UsageError(
      "exists",
      { file: flags.out },
      "is there already",
      "choose another name, or replace it with --force",
    );
  const format = flags.from ?? (file.toLowerCase().endsWith(".har") ? "har" : "jsonl");
  if (flags.host !== undefined && format !== "har")
    throw new UsageError("option", {}, "--host is for a HAR", "leave it out, or say --from har");
  const text = readInput(located(io, file));
  const har = format === "har" ? await fromHar(file, text, flags, io) : undefined;
  const made = har ?? (await fromLines(file, text, flags, io));
  writeFileAtomically(located(io, flags.out), printCassette(made.cassette));
  io.stdout.write(importSummary(flags, made, har));
  if (made.withheld.length > 0) io.exitCode = 1;
}

/** Cassette made of a file of any format. */
type Made = Pick<CleanCassette, "cassette" | "withheld" | "replaced">;

async function fromLines(file: string, text: string, flags: ImportFlags, io: Io): Promise<Made> {
  const all = parseExchanges(file, text);
  const exchanges = flags.only ? all.filter((exchange) => flags.only?.includes(exchange.name)) : all;
  mustHave(file, flags, exchanges, all);
  const about = { title: importTitle(file, flags), origin: "recorded", ogl: oglOf(flags) } as const;
  const rules = await sanitizeRules(flags, io);
  const drafts: Interaction[] = [];
  for (const exchange of exchanges) drafts.push(await draftOfExchange(file, exchange));
  const sanitizer = new Sanitizer("", { rules });
  return await cleanCassette(drafts, { about, sanitizer, keep: rules.keep ?? [] });
}

async function fromHar(file: string, text: string, flags: ImportFlags, io: Io): Promise<HarImport> {
  const { importHar } = await harTools();
  const har = await importHar(file, text, {
    title: importTitle(file, flags),
    ogl: oglOf(flags),
    rules: await sanitizeRules(flags, io),
    chosen: (["title", "ogl"] as const).filter((key) => flags[key] !== undefined),
    ...(flags.host === undefined ? {} : { host: flags.host }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
  });
  const { interactions } = har.cassette;
  const skipped = skippedWords(har);
  if (interactions.length === 0 && skipped !== "" && flags.only === undefined)
    throw new UsageError(
      "not-found",
      { file },
      `holds no exchange that can be imported: ${skipped}`,
      'save it with content ("Save all as HAR with content")',
    );
  mustHave(file, flags, interactions, interactions);
  return har;
}

function mustHave(
  file: string,
  flags: ImportFlags,
  chosen: readonly { readonly name: string }[],
  all: readonly { readonly name: string }[],
): void {
  const unknown = flags.only?.filter((name) => !all.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0)
    throw new UsageError("not-found", { file }, `has no exchange named ${unknown.join(", ")}`);
  if (chosen.length === 0) throw new UsageError("not-found", { file }, "holds no exchange");
}

function importSummary(flags: ImportFlags, made: Made, har: HarImport | undefined): string {
  const { interactions, about } = made.cassette;
  const { withheld, replaced } = made;
  const waivers = interactions.reduce((sum, interaction) => sum + (interaction.waivers?.length ?? 0), 0);
  const sanitized = about.sanitized ?? [];
  if (flags.json) {
    const { host = null, exact = 0, skipped = {}, adjusted = [] } = har ?? {};
    const summary = {
      out: flags.out,
      interactions: interactions.length,
      sanitized,
      waivers,
      withheld,
      replaced,
    };
    return `${JSON.stringify({ ...summary, ...(har ? { host, exact, skipped, adjusted } : {}) })}\n`;
  }
  const details = [
    ...replacedLines(
      replaced.map((one) => ({ ...one, at: `interaction ${one.number}, ` })),
      countByRule(replaced),
    ),
    ...withheldLines(withheld),
  ].map((line) => `${line}\n`);
  const line = `${flags.out}: ${count(interactions.length, "interaction")}; replaced: ${sanitized.join(", ") || "nothing"}; waivers: ${waivers}\n`;
  if (har === undefined) return line + details.join("");
  const skipped = skippedWords(har);
  return [
    ...har.adjusted.map(({ pointer, what }) => `${pointer}: ${what}\n`),
    line,
    `of ${har.host}${skipped === "" ? "" : `; left out: ${skipped}`}${har.adjusted.length > 0 ? `; adjusted: ${har.adjusted.length}` : ""}\n`,
    ...details,
  ].join("");
}

function skippedWords({ skipped }: HarImport): string {
  return Object.entries(skipped)
    .map(([reason, n]) => `${count(n, "entry").replace("entrys", "entries")} (${reason})`)
    .join(", ");
}

function importTitle(file: string, flags: ImportFlags): string {
  return flags.title ?? basename(file).replace(/\.[^.]*$/, "");
}

function oglOf(flags: ImportFlags): ReturnType<typeof oglVersion> {
  return oglVersion(flags.ogl ?? DEFAULT_OGL_VERSION);
}

function readInput(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError("not-found", { file }, "no such file");
  if (!stat.isFile()) throw new UsageError("wrong-kind", { file }, "is not a file");
  if (stat.size > 4 * MAX_CASSETTE_BYTES)
    throw new UsageError(
      "too-large",
      { file },
      `has ${(stat.size / 2 ** 20).toFixed(0)} MiB; split it into files of at most ${(4 * MAX_CASSETTE_BYTES) / 2 ** 20} MiB`,
    );
  return readTextFile(file, "check its permissions");
}
