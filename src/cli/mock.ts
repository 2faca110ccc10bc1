import { Command } from "commander";
import type { CassetteError } from "../cassette/index.ts";
import { type MockFlags, addOptions } from "../config/index.ts";
import type { Trace } from "../exchange/index.ts";
import { BUNDLED, type RunningMock, startMock } from "../mock/index.ts";
import { keepYoungSpaceSmall } from "../util/index.ts";
import {
  type CommandIo,
  type Io,
  MIB,
  addConfigOptions,
  banner,
  count,
  explainFault,
  located,
  locatedServing,
  onFirstSignals,
  readyLine,
  servingOptions,
  variables,
  withConfig,
} from "./support/index.ts";
import { TraceLog } from "./trace-log.ts";

type Flags = MockFlags & { readonly config?: string | boolean };

const DEFAULT_PORT = 4010;

const EXAMPLES = `
Examples:
  gatetape mock                        the bundled library on http://127.0.0.1:${DEFAULT_PORT}
  gatetape mock -c DIR -c ${BUNDLED}      your cassettes and the bundled ones
  gatetape mock --port 0 --json        any free port; the first line of output is JSON for programs
  gatetape mock --speed instant        no waits, same bytes and same chunks
  gatetape mock --fault 'chat.stream=reset@3'   streams break off after their third event
  gatetape mock --ogl 0.4.1            the older generation, as recorded from the real server
  gatetape mock --tps 30 --ttft 300    synthesized answers come at the pace of a model
  gatetape mock --host 0.0.0.0         open to the network; other machines need a token for the control API
  gatetape mock --world world.json     models, keys, limits and budgets of your own

Sessions: a client that sends the header x-gatetape-session, or uses the base URL
http://127.0.0.1:${DEFAULT_PORT}/s/NAME/v1, has its own position in recorded sequences.`;

/** Makes the command `gatetape mock`. */
export function mockCommand(io: CommandIo): Command {
  return addOptions(addConfigOptions(new Command("mock")), "mock")
    .description("Serve a mock OGL that plays cassettes.")
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags, command: Command) => serve(flags, command, io));
}

async function serve(given: Flags, command: Command, io: CommandIo): Promise<void> {
  const flags = await withConfig("mock", locatedServing(given, io), command, io);
  const log = new TraceLog(io.stdout, flags.json === true);
  const mock = await startMock({
    host: flags.host,
    port: flags.port,
    ...servingOptions(flags, io),
    ...(flags.quiet ? {} : { onTrace: (trace: Trace) => log.add(trace) }),
    ...(flags.journal === undefined ? {} : { journalFile: located(io, flags.journal) }),
    journalBytes: Math.floor(flags.journalMemory * MIB),
    allowedHosts: flags.allowHost ?? [],
    ...(flags.controlToken === undefined ? {} : { controlToken: flags.controlToken, env: variables(io) }),
    cors: flags.cors ?? false,
    keepAliveMs: flags.keepAlive * 1000,
    h11: flags.h11,
    direct: flags.direct,
    allowHeaderFaults: flags.allowHeaderFaults ?? false,
  }).catch(explainFault);
  // Before the ready line: a reader of that line may send a signal at once.
  const unwatch = flags.watch ? mock.watch((error) => printReload(mock, error, io)) : undefined;
  let stop: () => void = () => {};
  const requested = new Promise<void>((resolve) => (stop = resolve));
  const off = onFirstSignals(io, ["SIGINT", "SIGTERM", "SIGHUP"], stop);
  const { configFile: config } = flags;
  const start = { config, token: isLoopback(flags.host) ? undefined : madeToken(mock, flags) };
  io.stdout.write(flags.json ? `${readyLine(mock, start)}\n` : banner(mock, start, io.stdout));
  // The heap of a program that runs this command as a part of it is that program's own.
  if (io.stdout === process.stdout) keepYoungSpaceSmall();
  await requested;
  unwatch?.();
  await mock.close().finally(off);
}

/** Token that the user does not know yet. */
function madeToken(mock: RunningMock, { controlToken }: Flags): string | undefined {
  return controlToken === undefined ? mock.controlToken : undefined;
}

/** Whether only this machine can connect to an address. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}

function printReload({ library }: RunningMock, error: CassetteError | undefined, io: Io): void {
  if (error === undefined)
    io.stderr.write(`gatetape: ${count(library.entries.length, "interaction")} loaded anew\n`);
  else
    io.stderr.write(
      `gatetape: ${error.message}\ngatetape: the cassettes loaded before that edit stay in use\n`,
    );
}
