import { Command } from "commander";
import { type Interaction, type ReadSideFile, encodeBody, loadCassette } from "../../cassette/index.ts";
import { timelineOf } from "../../trace/index.ts";
import { plainJson } from "../../util/index.ts";
import { type CommandIo, UsageError, located } from "../support/index.ts";

/** Makes the command `gatetape cassette show`. */
export function showCommand(io: CommandIo): Command {
  return new Command("show")
    .description("Show a cassette: its interactions, or one of them as a timeline.")
    .argument("<file>", "cassette")
    .argument("[name]", "name of an interaction, or its number")
    .option("--full", "print chunks unchanged and in full")
    .option("--json", "print one JSON object")
    .action((file: string, name: string | undefined, flags: ShowFlags) =>
      showCassette(file, name, flags, io),
    );
}

interface ShowFlags {
  readonly full?: boolean;
  readonly json?: boolean;
}

function showCassette(file: string, name: string | undefined, flags: ShowFlags, io: CommandIo): void {
  const { cassette, readSideFile } = loadCassette(located(io, file));
  const { about, interactions } = cassette;
  const wanted =
    name === undefined
      ? interactions.length === 1
        ? 0
        : undefined
      : interactions.findIndex((interaction, i) => interaction.name === name || String(i) === name);
  if (wanted === -1)
    throw new UsageError(
      "not-found",
      { file },
      `has no interaction "${name}"`,
      `run gatetape cassette show ${file} for the list`,
    );
  const interaction = wanted === undefined ? undefined : interactions[wanted];
  if (interaction !== undefined) {
    io.stdout.write(
      flags.json
        ? `${JSON.stringify(timelineJson(interaction, readSideFile))}\n`
        : timelineOf(interaction, readSideFile, flags.full ?? false),
    );
    return;
  }
  if (flags.json) {
    io.stdout.write(`${JSON.stringify({ about, interactions: interactions.map(interactionJson) })}\n`);
    return;
  }
  io.stdout.write(`${about.title} (${about.origin}, OGL ${about.ogl})\n`);
  for (const [i, { name: title, request, response, waivers = [] }] of interactions.entries()) {
    const mark = waivers.length > 0 ? `  ${waivers.length} waived` : "";
    io.stdout.write(
      `  ${String(i).padStart(3)}  ${title}  ${request.method} ${request.target} -> ${response.status ?? "no answer"}${mark}\n`,
    );
  }
}

function interactionJson({ name, request, response, waivers = [] }: Interaction): object {
  const { method, target } = request;
  return { name, method, target, status: response.status ?? null, waivers: waivers.length };
}

/** Interaction as in the cassette, with the time of each write in ms since the request. */
function timelineJson(interaction: Interaction, readSideFile: ReadSideFile): object {
  const { wait = 0, body = [], end = { how: "complete" } } = interaction.response;
  let at = wait;
  const writes = encodeBody(body, readSideFile).map((write) => ({
    at: (at += write.wait),
    bytes: write.bytes.length,
  }));
  const ended = { how: end.how, at: at + (end.wait ?? 0) };
  return { interaction: plainJson(interaction), timeline: { head: wait, writes, end: ended } };
}
