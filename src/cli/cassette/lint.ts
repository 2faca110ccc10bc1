import { Command } from "commander";
import {
  CassetteError,
  type KeyNote,
  type LoadedCassette,
  type ScrubSource,
  betterGeneration,
  deadPointers,
  findCassettes,
  generationAdvice,
  keyNotes,
  loadCassette,
  loadLibrary,
  printCassette,
} from "../../cassette/index.ts";
import { OGL_VERSIONS } from "../../openapi/index.ts";
import { problemText, problemsOf } from "../../util/index.ts";
import {
  type CommandIo,
  type SanitizeFlags,
  addSanitizeOptions,
  count,
  located,
  sanitizeRules,
} from "../support/index.ts";
import { lintLeaks } from "./lint-leaks.ts";

/** Makes the command `gatetape cassette lint`. */
export function lintCommand(io: CommandIo): Command {
  return addSanitizeOptions(new Command("lint"))
    .description("Check cassettes: format, spec, secrets, canonical form, unused waivers.")
    .argument("<path...>", "cassette files and folders")
    .option("--json", "print one JSON object")
    .option(
      "--session-per-cassette",
      "let two cassettes answer the same request, as the mock does with this flag",
    )
    .action((paths: string[], flags: LintFlags) => lint(paths, flags, io));
}

interface LintFlags extends SanitizeFlags {
  readonly json?: boolean;
  readonly sessionPerCassette?: boolean;
}

interface LintProblem {
  readonly file: string;
  readonly pointer: string | null;
  readonly line: number | null;
  readonly code: string;
  readonly level: "error" | "warning" | "note";
  readonly reason: string;
  readonly fix: string;
}

async function lint(paths: string[], flags: LintFlags, io: CommandIo): Promise<void> {
  const problems: LintProblem[] = [];
  let interactions = 0;
  let waived = 0;
  const addError = (error: CassetteError): void => {
    for (const { location, code, reason, fix } of problemsOf(error)) {
      problems.push({
        file: location.file,
        pointer: location.pointer ?? null,
        line: location.line ?? null,
        code,
        level: "error",
        reason,
        fix,
      });
    }
  };
  let files: string[] = [];
  try {
    files = findCassettes(paths.map((path) => located(io, path)));
  } catch (error) {
    if (!flags.json || !(error instanceof CassetteError)) throw error;
    addError(error);
    io.exitCode = 2; // a wrong path is not a finding about a cassette
  }
  const sound: (LoadedCassette & ScrubSource)[] = [];
  const versions = new Set<string>();
  for (const file of files) {
    try {
      const loaded = loadCassette(file);
      sound.push({ ...loaded, file });
      versions.add(loaded.cassette.about.ogl);
      interactions += loaded.cassette.interactions.length;
      waived += loaded.waived.length;
      const warn = (code: string, pointer: string | null, reason: string, fix: string): void =>
        void problems.push({ file, pointer, line: null, code, level: "warning", reason, fix });
      const better = betterGeneration(loaded.cassette, loaded.readSideFile);
      if (better !== undefined) {
        const { reason } = generationAdvice(better, loaded.cassette.about.ogl);
        const fix = `record or import it with --ogl ${better.ogl}`;
        problems.push({
          file,
          pointer: "/about/ogl",
          line: null,
          code: "generation",
          level: "note",
          reason,
          fix,
        });
      }
      for (const pointer of loaded.staleWaivers)
        warn("stale-waiver", pointer, "the waiver covers nothing", "remove it");
      for (const { location, ignored } of deadPointers(loaded.cassette))
        warn(
          "dead-pointer",
          location,
          `${ignored} can name nothing in a request that matches`,
          "correct the pointer, or remove it; * stands for any one step",
        );
      if (printCassette(loaded.cassette) !== loaded.text)
        warn(
          "not-canonical",
          null,
          "is not printed canonically",
          "run gatetape cassette fmt on it: diffs get smaller",
        );
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      addError(error);
      if (error.code === "log-version") io.exitCode = 2; // the log's fault, not a finding about the cassette
    }
  }
  for (const ogl of OGL_VERSIONS.filter((version) => versions.has(version))) {
    try {
      const { entries } = loadLibrary({
        ogl,
        paths: sound.map(({ file }) => file),
        sessionPerCassette: flags.sessionPerCassette ?? false,
      });
      problems.push(...keyNotes(entries).map(keyProblem));
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      addError(error);
    }
  }
  for (const { reason, fix, level, file, pointer } of await lintLeaks(sound, await sanitizeRules(flags, io)))
    problems.push({ file, pointer, line: null, code: "secret", level, reason, fix });
  const errors = problems.filter((problem) => problem.level === "error").length;
  const warnings = problems.filter((problem) => problem.level === "warning").length;
  const notes = problems.length - errors - warnings;
  const summary = { files: files.length, interactions, waived, errors, warnings, notes };
  if (flags.json) io.stdout.write(`${JSON.stringify({ ...summary, problems })}\n`);
  else {
    for (const { file, line, pointer, level, reason, fix } of problems) {
      const location = { file, ...(line === null ? {} : { line }), ...(pointer === null ? {} : { pointer }) };
      io.stdout.write(`${problemText({ location, reason, fix }, level)}\n`);
    }
    io.stdout.write(
      `${[
        count(summary.files, "cassette"),
        count(interactions, "interaction"),
        `${count(waived, "deviation")} waived`,
        count(errors, "error"),
        count(warnings, "warning"),
        ...(notes === 0 ? [] : [count(notes, "note")]),
      ].join(", ")}\n`,
    );
  }
  if (errors > 0) io.exitCode ??= 1;
}

/** The note about keys that get different answers, with the map that tells them apart. */
function keyProblem({ file, index, labels, requests }: KeyNote): LintProblem {
  return {
    file,
    pointer: `/interactions/${index}`,
    line: null,
    code: "keys",
    level: "note",
    reason: `${labels.join(" and ")} get different answers to ${count(requests, "request")}: the first key that asks is ${labels[0]}`,
    fix: `name the keys where the order may differ: gatetape mock ${labels.map((label, i) => `--keys ${label}=env:KEY_${i + 1}`).join(" ")}`,
  };
}
