import { existsSync, readFileSync, realpathSync } from "node:fs";
import { Command } from "commander";
import { CassetteError, findCassettes, loadCassetteFile, printCassette } from "../../cassette/index.ts";
import { problemsOf } from "../../util/index.ts";
import { type CommandIo, count, located, writeFileAtomically } from "../support/index.ts";
import { type Problem, problemsFor } from "./problems.ts";

/** Makes the command `gatetape cassette fmt`. */
export function fmtCommand(io: CommandIo): Command {
  return new Command("fmt")
    .description("Print cassettes canonically, in place; the recorded bytes do not change.")
    .argument("<path...>", "cassette files and folders")
    .option("--check", "write nothing; list those that are not canonical, exit code 1 if there are any")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette fmt cassettes            all cassettes of a folder, at any depth
  gatetape cassette fmt --check cassettes    for CI

A file that does not load is refused and not changed; the others are printed, and the exit code is 2.`,
    )
    .action((paths: string[], flags: FmtFlags) => fmt(paths, flags, io));
}

interface FmtFlags {
  readonly check?: boolean;
  readonly json?: boolean;
}

function fmt(paths: string[], flags: FmtFlags, io: CommandIo): void {
  const changed: string[] = [];
  const refused: Problem[] = [];
  // The recording log of a killed recorder is not merged: only `record` does that.
  const files = findCassettes(paths.map((path) => located(io, path))).filter((file) => existsSync(file));
  for (const file of files) {
    try {
      const printed = printCassette(loadCassetteFile(file).cassette);
      if (printed === readFileSync(file, "utf8")) continue;
      changed.push(file);
      // Written to a link's target: renaming over the link would replace it by a file.
      if (!flags.check) writeFileAtomically(realpathSync(file), printed);
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      refused.push(...problemsOf(error).map(problemsFor));
    }
  }
  if (flags.json)
    io.stdout.write(
      `${JSON.stringify({ files: files.length, changed, check: flags.check ?? false, refused })}\n`,
    );
  else {
    for (const problem of refused) io.stderr.write(`gatetape: ${problem.message}\n`);
    for (const file of changed)
      io.stdout.write(`${file}${flags.check ? ": is not printed canonically" : ""}\n`);
    io.stdout.write(
      `${count(files.length, "cassette")}, ${changed.length} ${flags.check ? "not canonical" : "changed"}\n`,
    );
  }
  if (refused.length > 0) io.exitCode = 2;
  else if (flags.check && changed.length > 0) io.exitCode = 1;
}
