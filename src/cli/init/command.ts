import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command, Option } from "commander";
import { DEFAULT_OGL_VERSION } from "../../openapi/index.ts";
import { CONFIG_NAMES, type CommandIo, UsageError, located, statNamed } from "../support/index.ts";
import { HELLO_REQUEST, firstCassette } from "./cassette.ts";
import { CI_CHOICES, type Ci, ciFile } from "./ci.ts";
import { configText } from "./config.ts";
import { detectProject } from "./project.ts";
import { ask } from "./questions.ts";
import { type NewFile, type Written, writeAll } from "./write.ts";

const CONFIG = "gatetape.config.mts";
const CASSETTE = "cassettes/hello.cassette.json";

const EXAMPLES = `
Examples:
  gatetape init                                             asks for the CI and the test command
  gatetape init --yes                                       asks nothing; detects them by the files in the folder
  gatetape init --ci github --test-command "npm run e2e"    asks nothing either`;

/** Makes the command `gatetape init`. */
export function initCommand(io: CommandIo): Command {
  return new Command("init")
    .description("Set gatetape up in a project: config, a first cassette, and a CI file. Overwrites nothing.")
    .option("-y, --yes", "ask nothing, take the defaults")
    .addOption(new Option("--ci <which>", "CI file to write").choices([...CI_CHOICES]))
    .option("--dir <folder>", "the project (default: this folder)")
    .option(
      "--test-command <command>",
      "command that the CI runs against the mock (default: detected by the files in the folder)",
    )
    .option("--ci-only", "write only the CI file")
    .option("--force", "replace existing files")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((flags: InitFlags) => init(flags, io));
}

interface InitFlags {
  readonly yes?: boolean;
  readonly ci?: Ci;
  readonly dir?: string;
  readonly testCommand?: string;
  readonly ciOnly?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

async function init(flags: InitFlags, io: CommandIo): Promise<void> {
  const dir = flags.dir ?? ".";
  const folder = located(io, dir);
  if (statNamed(folder, "--dir")?.isDirectory() === false)
    throw new UsageError(
      "wrong-kind",
      { option: "--dir", file: dir },
      "is not a folder",
      "name the project's folder; it is made if there is none",
    );
  if (flags.testCommand?.trim() === "")
    throw new UsageError(
      "option",
      {},
      "--test-command is empty",
      "give the command, or leave the option out",
    );
  const project = detectProject(folder);
  const given = {
    ...(flags.ci === undefined ? {} : { ci: flags.ci }),
    ...(flags.testCommand === undefined ? {} : { testCommand: flags.testCommand }),
  };
  const complete = flags.ci === "none" || (flags.ci !== undefined && flags.testCommand !== undefined);
  if (!flags.yes && !complete && !(io.stdin.isTTY && io.stdout.isTTY))
    throw new UsageError(
      "no-terminal",
      {},
      "there is no terminal to ask on",
      "take the defaults with --yes, or give --ci and --test-command",
    );
  const { ci, testCommand } =
    flags.yes || complete ? { ...project, ...given } : await ask(given, project, io.stdin, io.stdout);
  if (ci === "none" && flags.testCommand !== undefined)
    throw new UsageError(
      "option",
      {},
      "--test-command is for a CI file",
      "add --ci github or --ci gitlab, or leave it out",
    );
  if (ci === "none" && flags.ciOnly)
    throw new UsageError(
      "option",
      {},
      "--ci-only with no CI writes nothing",
      "add --ci github or --ci gitlab",
    );
  const tools = { testCommand, ...(project.install === undefined ? {} : { install: project.install }) };
  if (!flags.ciOnly) refuseOtherConfig(dir, folder);
  const files: NewFile[] = [
    ...(flags.ciOnly
      ? []
      : [
          { file: CONFIG, text: configText(DEFAULT_OGL_VERSION) },
          { file: CASSETTE, text: firstCassette(DEFAULT_OGL_VERSION) },
        ]),
    ...(ci === "none" ? [] : [ciFile(ci, tools)]),
  ];
  const result = writeAll(dir, files, flags.force ?? false, folder);
  io.stdout.write(
    flags.json ? `${JSON.stringify({ dir, ci, ...result })}\n` : initSummary(dir, ci, result, io),
  );
}

/** Refuses a folder with a config of another name: two would be an error on reading. */
function refuseOtherConfig(dir: string, folder: string): void {
  const other = CONFIG_NAMES.find((name) => name !== CONFIG && existsSync(join(folder, name)));
  if (other !== undefined)
    throw new UsageError(
      "exists",
      { file: join(dir, other) },
      `is there already: gatetape is set up here; nothing was written`,
      "keep it, or move it away first",
    );
}

function initSummary(dir: string, ci: Ci, { written, unchanged }: Written, io: CommandIo): string {
  const there = relative(io.cwd, located(io, dir));
  return [
    ...written.map((file) => `wrote      ${join(dir, file)}`),
    ...unchanged.map((file) => `unchanged  ${join(dir, file)}`),
    "",
    "Next:",
    ...(there === "" ? [] : [`  cd ${there}`]),
    "  npx --no-install gatetape mock",
    "",
    "and in another terminal:",
    "  export OPENAI_BASE_URL=http://127.0.0.1:4010/v1 OPENAI_API_KEY=sk-anything",
    `  curl $OPENAI_BASE_URL/chat/completions -H 'Authorization: Bearer sk-anything' -H 'Content-Type: application/json' -d '${JSON.stringify(HELLO_REQUEST)}'`,
    "",
    `${CASSETTE} has that answer: change it, or add other cassettes to its folder.`,
    ...(ci === "gitlab"
      ? ["", "In .gitlab-ci.yml:", "  include:", "    - local: .gitlab-ci.gatetape.yml"]
      : []),
    ...(ci === "none" ? ["", "For a CI file later: gatetape init --ci-only --ci github (or gitlab)."] : []),
    "",
  ].join("\n");
}
