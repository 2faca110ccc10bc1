import { Command } from "commander";
import {
  CASSETTE_SUFFIX,
  type CassetteDiff,
  type DiffSide,
  type Interaction,
  diffCassettes,
  loadCassette,
} from "../../cassette/index.ts";
import { type CommandIo, UsageError, located } from "../support/index.ts";
import { printDiff } from "./diff-text.ts";

/** Makes the command `gatetape cassette diff`. */
export function diffCommand(io: CommandIo): Command {
  return new Command("diff")
    .description("Compare the content of two cassettes or two interactions; waits do not count.")
    .argument("<a>", `a cassette, or one interaction of it: NAME${CASSETTE_SUFFIX}#INTERACTION`)
    .argument("<b>", "the other")
    .option("--ignore-writes", "let the boundaries of writes differ")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette diff old.cassette.json new.cassette.json
  gatetape cassette diff 'a.cassette.json#two tokens' 'a.cassette.json#three tokens'

Interactions are paired by name, then by equal request; an INTERACTION is a name or a number, as
gatetape cassette show lists them. Streams are compared by their events. Exit code 1 if they differ.`,
    )
    .action((a: string, b: string, flags: DiffFlags) => diff(a, b, flags, io));
}

interface DiffFlags {
  readonly ignoreWrites?: boolean;
  readonly json?: boolean;
}

interface Side extends DiffSide {
  /** Position of the chosen interaction in its file; absent: all interactions. */
  readonly index?: number;
}

function diff(a: string, b: string, flags: DiffFlags, io: CommandIo): void {
  const [before, after] = [readSide(located(io, a)), readSide(located(io, b))];
  if ((before.index === undefined) !== (after.index === undefined))
    throw new UsageError(
      "option",
      {},
      "one of the two is a cassette, the other an interaction",
      "name an interaction on both sides, after #, or on none",
    );
  const found = diffCassettes(before, after);
  const shown: CassetteDiff = {
    ...found,
    interactions: found.interactions
      .map((one) => (flags.ignoreWrites ? { ...one, writes: [] } : one))
      .filter((one) => one.kind !== "changed" || one.changes.length > 0 || one.writes.length > 0)
      .map((one) => withLocations(one, before, after)),
  };
  const differ = shown.about.length > 0 || shown.interactions.length > 0 || shown.reordered;
  const equal = found.equal + found.interactions.length - shown.interactions.length;
  if (flags.json) io.stdout.write(`${JSON.stringify({ a, b, differ, ...shown, equal })}\n`);
  else io.stdout.write(printDiff({ ...shown, equal }, io.stdout));
  if (differ) io.exitCode = 1;
}

function readSide(argument: string): Side {
  const mark = argument.indexOf(`${CASSETTE_SUFFIX}#`);
  const end = mark === -1 ? argument.length : mark + CASSETTE_SUFFIX.length;
  const file = argument.slice(0, end);
  const { cassette, readSideFile } = loadCassette(file);
  if (mark === -1) return { cassette, readSideFile };
  const wanted = argument.slice(end + 1);
  const byName = cassette.interactions.findIndex(({ name }) => name === wanted);
  const index = byName === -1 && /^\d+$/.test(wanted) ? Number(wanted) : byName;
  const interaction = cassette.interactions[index];
  if (interaction === undefined)
    throw new UsageError(
      "not-found",
      { file },
      `has no interaction "${wanted}"`,
      `run gatetape cassette show ${file} for the list`,
    );
  // Two chosen interactions are compared despite other names and other metadata of their cassettes.
  const named: Interaction = { ...interaction, name: "" };
  const about = { title: "", origin: "written", ogl: cassette.about.ogl } as const;
  return { cassette: { ...cassette, about, interactions: [named] }, readSideFile, index };
}

/** Restores the locations in the files of chosen interactions. */
function withLocations(
  one: CassetteDiff["interactions"][number],
  before: Side,
  after: Side,
): CassetteDiff["interactions"][number] {
  if (before.index === undefined || after.index === undefined) return one;
  return {
    ...one,
    pointers: { before: `/interactions/${before.index}`, after: `/interactions/${after.index}` },
  };
}
