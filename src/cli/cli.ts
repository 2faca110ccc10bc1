import { Command, CommanderError } from "commander";
import { version } from "../util/index.ts";
import { report } from "./errors.ts";

const EXIT = { ok: 0, usage: 2 } as const;

/** Only the command that is asked for is loaded: that is a part of the time to start. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  mock: async () => (await import("./mock.ts")).mockCommand(),
  record: async () => (await import("./record.ts")).recordCommand(),
  cassette: async () => (await import("./cassette/command.ts")).cassetteCommand(),
  client: async () => (await import("./client.ts")).clientCommand(),
  gate: async () => (await import("./gate.ts")).gateCommand(),
  check: async () => (await import("./check.ts")).checkCommand(),
  scenarios: async () => (await import("./scenarios.ts")).scenariosCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  spec: async () => (await import("./spec/command.ts")).specCommand(),
  init: async () => (await import("./init/command.ts")).initCommand(),
};

const EPILOG = `
First steps:
  gatetape mock                      an OGL on loopback; then paste one of the curl lines that it prints
  gatetape mock --cassettes ./tapes  your own cassettes instead of the bundled ones
  gatetape record --upstream URL --out tapes/chat.cassette.json
                                     a cassette of your own gateway's answers
  gatetape init                      config, a first cassette and a CI job for your project

Cassettes:
  gatetape cassette import FILE      raw HTTP exchanges or a HAR become a cassette
  gatetape cassette show FILE        a recorded stream as a timeline
  gatetape cassette lint DIR         are these cassettes valid, and free of secrets?
  gatetape spec show                 what OGL's OpenAPI says, and where the real server differs

Clients:
  gatetape client -- ./my-adapter    what does this client library get wrong? a verdict a scenario
  gatetape scenarios                 what it is judged by, and why
  gatetape gate -- npm test          any command against the mock: all its traffic is judged
  gatetape check trace.ndjson        the same for traffic that was saved

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
    .addHelpText("after", EPILOG);
  const asked = COMMANDS[argv[2] ?? ""];
  const loaded = await Promise.all((asked ? [asked] : Object.values(COMMANDS)).map((load) => load()));
  for (const command of loaded) program.addCommand(command);
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
