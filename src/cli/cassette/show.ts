import { Command } from "commander";
import { loadCassette } from "../../cassette/index.ts";
import { UsageError } from "../errors.ts";
import { timelineOf } from "../../trace/index.ts";

export function showCommand(): Command {
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
  const wanted =
    name === undefined
      ? interactions.length === 1
        ? 0
        : undefined
      : interactions.findIndex((interaction, i) => interaction.name === name || String(i) === name);
  if (wanted === -1)
    throw new UsageError(
      `${file} has no interaction "${name}"\n  mend: run gatetape cassette show ${file} for the list`,
    );
  const interaction = wanted === undefined ? undefined : interactions[wanted];
  if (interaction !== undefined) {
    process.stdout.write(timelineOf(interaction, readSideFile, flags.full ?? false));
    return;
  }
  process.stdout.write(`${about.title} (${about.origin}, OGL ${about.ogl})\n`);
  for (const [i, { name: title, request, response, waivers = [] }] of interactions.entries()) {
    const mark = waivers.length > 0 ? `  ${waivers.length} waived` : "";
    process.stdout.write(
      `  ${String(i).padStart(3)}  ${title}  ${request.method} ${request.target} -> ${response.status ?? "no answer"}${mark}\n`,
    );
  }
}
