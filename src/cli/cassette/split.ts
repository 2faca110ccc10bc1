import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import {
  CASSETTE_SUFFIX,
  type Cassette,
  type Interaction,
  loadCassette,
  matchRequestOf,
  printCassette,
} from "../../cassette/index.ts";
import { oglVersion, specOf } from "../../openapi/index.ts";
import {
  type CommandIo,
  UsageError,
  count,
  located,
  writeFileAtomically,
  statNamed,
} from "../support/index.ts";
import { fileNames } from "./file-names.ts";

/** Makes the command `gatetape cassette split`. */
export function splitCommand(io: CommandIo): Command {
  return new Command("split")
    .description("Split a cassette: one new cassette for each interaction, or for each operation.")
    .argument("<file>", "cassette")
    .requiredOption("-o, --out <dir>", "folder for the new cassettes")
    .addOption(
      new Option("--by <what>", "content of each new cassette")
        .choices(["interaction", "operation"])
        .default("interaction"),
    )
    .option("--force", "replace existing files")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette split chat.cassette.json --out cassettes/chat
  gatetape cassette split all.cassette.json --out cassettes --by operation

The file itself stays; a mock that loads both refuses to start, since it finds each interaction twice.`,
    )
    .action((file: string, flags: SplitFlags) =>
      splitCassette(located(io, file), { ...flags, out: located(io, flags.out) }, io),
    );
}

interface SplitFlags {
  readonly out: string;
  readonly by: "interaction" | "operation";
  readonly force?: boolean;
  readonly json?: boolean;
}

interface Part {
  readonly title: string;
  readonly interactions: Interaction[];
}

function splitCassette(file: string, flags: SplitFlags, io: CommandIo): void {
  if (statNamed(flags.out, "--out")?.isDirectory() === false)
    throw new UsageError(
      "wrong-kind",
      { option: "--out", file: flags.out },
      "is a file",
      "name a folder; it is made if there is none",
    );
  const { cassette } = loadCassette(file);
  const parts = flags.by === "operation" ? byOperation(cassette) : byInteraction(cassette);
  if (parts.length === 0)
    throw new UsageError("not-found", { file }, "holds no interaction", "name another cassette");
  // Sequences continue across files in the order of their names.
  const ordered = cassette.interactions.some(
    ({ match }) => match?.play === "sequence" || match?.play === "last",
  );
  const names = fileNames(
    parts.map(({ title }) => title),
    ordered,
  );
  const files = names.map((name) => join(flags.out, `${name}${CASSETTE_SUFFIX}`));
  const known = files.filter((path) => statSync(path, { throwIfNoEntry: false }));
  if (known.length > 0 && !flags.force)
    throw new UsageError(
      "exists",
      {},
      `${known.join(", ")} ${known.length === 1 ? "is" : "are"} there already; nothing was written`,
      `choose another folder, or replace ${known.length === 1 ? "it" : "them"} with --force`,
    );
  const { about } = cassette;
  for (const [i, { title, interactions }] of parts.entries()) {
    copySideFiles(file, flags.out, interactions);
    const part: Cassette = {
      ...cassette,
      about: { ...about, title: `${about.title}: ${title}` },
      interactions,
    };
    writeFileAtomically(files[i] as string, printCassette(part));
  }
  if (flags.json) {
    const list = files.map((path, i) => ({
      file: path,
      interactions: parts[i]?.interactions.map(({ name }) => name),
    }));
    io.stdout.write(`${JSON.stringify({ files: list })}\n`);
    return;
  }
  for (const [i, path] of files.entries())
    io.stdout.write(`${path}: ${count(parts[i]?.interactions.length ?? 0, "interaction")}\n`);
}

function byInteraction({ interactions }: Cassette): Part[] {
  return interactions.map((interaction) => ({ title: interaction.name, interactions: [interaction] }));
}

function byOperation({ about, interactions }: Cassette): Part[] {
  const spec = specOf(oglVersion(about.ogl));
  const parts = new Map<string, Interaction[]>();
  for (const interaction of interactions) {
    const { method, path, json } = matchRequestOf(interaction.request);
    const id = spec.operationOf(method, path, json)?.operation.id ?? `${method} ${path}`;
    parts.set(id, [...(parts.get(id) ?? []), interaction]);
  }
  return [...parts].map(([title, list]) => ({ title, interactions: list }));
}

/** Copies side files. They are named by their content, so existing ones are equal. */
function copySideFiles(from: string, folder: string, interactions: readonly Interaction[]): void {
  for (const { response } of interactions) {
    for (const { file } of response.body ?? []) {
      if (file === undefined) continue;
      const source = join(dirname(from), "files", file);
      const target = join(folder, "files", file);
      try {
        mkdirSync(dirname(target), { recursive: true });
        if (!statSync(target, { throwIfNoEntry: false })) copyFileSync(source, target);
      } catch (error) {
        const reason = `can't be written: ${(error as Error).message}`;
        throw new UsageError("unwritable", { file: target }, reason, "check the folder and its permissions", {
          cause: error,
        });
      }
    }
  }
}
