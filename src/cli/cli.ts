import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { cassetteCommand } from "./cassette/command.ts";
import { report } from "./errors.ts";
import { initCommand } from "./init/command.ts";
import { mockCommand } from "./mock.ts";
import { specCommand } from "./spec/command.ts";

/** 0 conformant, 1 findings, 2 usage or configuration, 3 the harness itself. */
export const EXIT = { ok: 0, findings: 1, usage: 2, internal: 3 } as const;

const EPILOG = `
What it is for:
  gatetape mock                      an OGL on loopback, for development without a gateway
  gatetape cassette lint DIR         are these cassettes valid, and free of secrets?
  gatetape cassette show FILE        a recorded stream as a timeline
  gatetape cassette import FILE      raw HTTP exchanges become a cassette

First steps:
  gatetape mock                      then paste one of the curl lines that it prints
  gatetape mock --cassettes ./tapes  your own cassettes instead of the bundled ones

Exit codes: 0 fine, 1 findings, 2 wrong usage or configuration, 3 gatetape itself failed.`;

/** Runs the command line; sets the process's exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  const program = new Command("gatetape")
    .description(
      "Record, replay and judge the traffic of OpenGateLLM (OGL) and other OpenAI-compatible servers, byte for byte.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; `gatetape COMMAND --help` has more")
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText("after", EPILOG)
    .addCommand(mockCommand())
    .addCommand(cassetteCommand())
    .addCommand(specCommand())
    .addCommand(initCommand());
  strict(program);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else process.exitCode = report(error);
  }
}

/** Usage errors are thrown, not exited on, and name the command whose help has the answer. */
function strict(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(`gatetape: ${text.replace(/^error: /, "")}`),
  });
  if (command.commands.length === 0)
    command.allowExcessArguments(command.registeredArguments.some((argument) => argument.variadic));
  command.showHelpAfterError(`See: ${pathOf(command)} --help`);
  for (const sub of command.commands) strict(sub);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
