import { Command, CommanderError } from "commander";
import { onNote, version } from "../util/index.ts";
import { type CommandIo, type Io, type Output, commandIo, report } from "./support/index.ts";

const EXIT = { ok: 0, usage: 2 } as const;

/** Loaders of the commands. Only the requested one is loaded, since loading takes much of the start time. */
const COMMANDS: Readonly<Record<string, (io: CommandIo) => Promise<Command>>> = {
  mock: async (io) => (await import("./mock.ts")).mockCommand(io),
  record: async (io) => (await import("./record/index.ts")).recordCommand(io),
  cassette: async (io) => (await import("./cassette/index.ts")).cassetteCommand(io),
  client: async (io) => (await import("./client.ts")).clientCommand(io),
  gate: async (io) => (await import("./gate/index.ts")).gateCommand(io),
  check: async (io) => (await import("./gate/index.ts")).checkCommand(io),
  server: async (io) => (await import("./server/index.ts")).serverCommand(io),
  scenarios: async (io) => (await import("./scenarios.ts")).scenariosCommand(io),
  report: async (io) => (await import("./report.ts")).reportCommand(io),
  drift: async (io) => (await import("./live/index.ts")).driftCommand(io),
  provision: async (io) => (await import("./live/index.ts")).provisionCommand(io),
  spec: async (io) => (await import("./spec/index.ts")).specCommand(io),
  init: async (io) => (await import("./init/index.ts")).initCommand(io),
};

const EPILOG = `
First steps:
  gatetape mock                      an OGL on loopback; then paste one of the curl lines that it prints
  gatetape mock --cassettes DIR      your own cassettes instead of the bundled ones
  gatetape record --upstream URL --out cassettes/chat.cassette.json
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
  gatetape gate -- npm test          run any command against the mock and judge all its traffic
  gatetape check trace.ndjson        the same for saved traffic

Live servers:
  gatetape server --url URL          does this live server answer as OGL, OpenAI and HTTP say? a verdict a check
  gatetape drift --url URL           where does it differ from its OpenAPI, and from your recordings?
  gatetape provision --world FILE    what makes a fresh OGL look like that world?

Exit codes: 0 fine, 1 findings, 2 wrong usage or configuration, 3 gatetape itself failed.`;

export { invocationOf } from "./support/index.ts";

/**
 * Runs one command line to its end. No server, timer, watcher, child process or listener is left when it resolves, and
 * no state is shared between runs.
 * @param argv program, script and arguments, as in `process.argv`
 * @returns the exit code
 */
export async function run(argv: readonly string[], outside: Io): Promise<number> {
  const io = commandIo(outside);
  const program = new Command("gatetape")
    .description(
      "Record, replay and judge the traffic of OpenGateLLM (OGL) and other OpenAI-compatible servers, byte for byte.",
    )
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help; `gatetape COMMAND --help` has more")
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText("after", EPILOG);
  const requested = COMMANDS[argv[2] ?? ""];
  const loaded = await Promise.all(
    (requested ? [requested] : Object.values(COMMANDS)).map((load) => load(io)),
  );
  for (const command of loaded) program.addCommand(command);
  const complaints: string[] = [];
  strict(program, io, complaints);
  const endNotes = onNote((message) => void io.stderr.write(`gatetape: ${message}\n`));
  try {
    await program.parseAsync(argv);
  } catch (error) {
    const exitCode =
      error instanceof CommanderError ? usageExitCode(error) : report(error, (text) => complaints.push(text));
    if (complaints.length > 0) await complain(complaints.join(""), io);
    return exitCode;
  } finally {
    endNotes();
  }
  return io.exitCode ?? EXIT.ok;
}

function usageExitCode({ exitCode }: CommanderError): number {
  return exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/** Prints what is wrong. A key may stand where its name was expected, or in a file that could not be read. */
async function complain(text: string, { stderr }: Io): Promise<void> {
  const { withoutKeys } = await import("../secrets/index.ts");
  stderr.write(withoutKeys(text));
}

/**
 * Makes usage errors thrown instead of exiting, with the command whose help to read.
 *
 * @param complaints gets what is printed of an error
 */
function strict(command: Command, io: Io, complaints: string[]): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void complaints.push(text),
    getOutHelpWidth: () => widthOf(io.stdout),
    getErrHelpWidth: () => widthOf(io.stderr),
    getOutHasColors: () => io.stdout.isTTY === true,
    getErrHasColors: () => io.stderr.isTTY === true,
    outputError: (text, write) => write(`gatetape: ${text.replace(/^error: /, "")}`),
  });
  if (command.commands.length === 0)
    command.allowExcessArguments(command.registeredArguments.some((argument) => argument.variadic));
  command.showHelpAfterError(`See: ${commandPath(command)} --help`);
  for (const sub of command.commands) strict(sub, io, complaints);
}

const PIPE_WIDTH = 80;

/** Width of help in characters; commander uses the same width for a pipe. */
function widthOf({ isTTY, columns }: Output): number {
  return isTTY === true ? (columns ?? PIPE_WIDTH) : PIPE_WIDTH;
}

function commandPath(command: Command): string {
  return command.parent ? `${commandPath(command.parent)} ${command.name()}` : command.name();
}
