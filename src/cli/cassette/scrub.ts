import { realpathSync } from "node:fs";
import { Command } from "commander";
import {
  type ScrubbedCassette,
  Scrubber,
  findCassettes,
  loadToScrub,
  parseScrubRules,
  printCassette,
} from "../../cassette/index.ts";
import { type Problem, problemText } from "../../util/index.ts";
import {
  type CommandIo,
  UsageError,
  addSanitizeOptions,
  count,
  findingText,
  located,
  readTextFile,
  sanitizeRules,
  writeFileAtomically,
  statNamed,
} from "../support/index.ts";

/** Makes the command `gatetape cassette scrub`. */
export function scrubCommand(io: CommandIo): Command {
  return addSanitizeOptions(new Command("scrub"))
    .description("Replace secrets in cassettes by pseudonyms, using your own rules and gatetape's.")
    .argument("<file...>", "cassette files and folders")
    .option("--rules <file>", "your rules (JSON); without them only gatetape's own apply")
    .option("--check", "write nothing; list what would be replaced, exit code 1 if anything would")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  gatetape cassette scrub cassettes --rules rules.json
  gatetape cassette scrub cassettes --rules rules.json --check    for CI

rules.json:
  { "rules": [{ "id": "customer", "pattern": "ACME-\\\\d{4}", "flags": "i", "prefix": "customer" }] }

replaces ACME-1234 by customer-1, in targets, headers and bodies, also where writes or
the events of a stream cut it.
All files are read before the first is written. The values that were replaced are printed nowhere.`,
    )
    .action((paths: string[], flags: ScrubFlags) => scrub(paths, flags, io));
}

interface ScrubFlags {
  readonly config?: string | boolean;
  readonly keep?: readonly string[];
  readonly redact?: "personal";
  readonly rules?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

async function scrub(paths: string[], flags: ScrubFlags, io: CommandIo): Promise<void> {
  const rules =
    flags.rules === undefined ? [] : parseScrubRules(flags.rules, readRules(located(io, flags.rules)));
  const loaded = findCassettes(paths.map((path) => located(io, path))).map((file) => ({
    file,
    ...loadToScrub(file),
  }));
  const own = await sanitizeRules(flags, io);
  const scrubber = new Scrubber(
    { ...own, patterns: [...(own.patterns ?? []), ...rules] },
    loaded.map(({ text }) => text).join("\n"),
  );
  const scrubbed = await scrubber.scrubAll(loaded);
  const results = loaded.map(({ file }, i) => ({ file, ...(scrubbed[i] as ScrubbedCassette) }));
  if (!flags.check) {
    for (const { file, cassette, replaced, withheld } of results)
      if (replaced.length + withheld.length > 0)
        writeFileAtomically(realpathSync(file), printCassette(cassette));
  }
  const replaced = results.flatMap((one) => one.replaced.map((each) => ({ file: one.file, ...each })));
  const findings = results.flatMap((one) => one.findings.map((each) => ({ file: one.file, ...each })));
  const sideFiles = results.flatMap((one) => one.sideFiles.map((hash) => ({ file: one.file, hash })));
  if (flags.json) {
    const files = loaded.length;
    io.stdout.write(
      `${JSON.stringify({ files, check: flags.check ?? false, replaced, findings, sideFiles })}\n`,
    );
  } else {
    const leftOut = `an interaction ${flags.check ? "would be" : "is"} left out:`;
    const verb = flags.check ? "would become" : "is now";
    for (const { file, pointer, rule, pseudonym, keep } of replaced) {
      const doubtful = rule === "entropy" ? ` (keep: ${JSON.stringify(keep)} lets it pass)` : "";
      io.stdout.write(`${file} at ${pointer}: ${rule} ${verb} ${pseudonym}${doubtful}\n`);
    }
    for (const { file, ...finding } of findings)
      io.stdout.write(`${file}: ${leftOut} ${findingText(finding)}\n`);
    for (const { file, hash } of sideFiles)
      io.stdout.write(`${problemText(unusedSideFile(file, hash), "warning")}\n`);
    io.stdout.write(
      `${count(loaded.length, "cassette")}, ${count(replaced.length, "secret")} ${flags.check ? "found" : "replaced"}\n`,
    );
  }
  if (findings.length > 0 || (flags.check && replaced.length > 0)) io.exitCode = 1;
}

function unusedSideFile(file: string, hash: string): Omit<Problem, "code"> {
  return {
    location: { file },
    reason: `the side file files/${hash} holds a secret and is not used by this cassette any more`,
    fix: "delete it, unless another cassette uses it",
  };
}

function readRules(file: string): string {
  if (!statNamed(file, "--rules")?.isFile())
    throw new UsageError(
      "not-found",
      { option: "--rules", file },
      "no such file",
      "check the path; gatetape cassette scrub --help shows what is in it",
    );
  const text = readTextFile(file, "check its permissions", "--rules");
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
