import { Command } from "commander";
import { addOptions, parseSeconds } from "../../config/index.ts";
import { specOf } from "../../openapi/index.ts";
import {
  type EndedCommand,
  type RunningCommand,
  type Scenario,
  type Traffic,
  countCoverage,
  findDrift,
  judgeScenario,
  observe,
  percentOf,
  scenarioSource,
  selectScenarios,
  signalExitCode,
  startCommand,
} from "../../suites/index.ts";
import {
  type CommandIo,
  type Io,
  UsageError,
  addConfigOptions,
  count,
  locatedServing,
  onSignals,
  withConfig,
} from "../support/index.ts";
import { expanded, makeEnvironment, withoutKey } from "./environment.ts";
import { type GateFlags, collectEnv, parsePercent } from "./flags.ts";
import { Judging, addJudgingOptions } from "./judging.ts";
import { type GateServer, isOwn, startServer } from "./server.ts";
import { TokenWatch, answeredText, newToken, respondWith } from "./token.ts";

const EXAMPLES = `
Examples:
  gatetape gate -- npm test
  gatetape gate --cassettes cassettes --strict --min-coverage 80 -- pytest
  gatetape gate --env MY_GATEWAY={base} -- ./my-app
  gatetape gate --fault 'chat.create#1=status:code=503,retry-after=1' -- npm test
  gatetape gate --upstream https://gateway.example/v1 --upstream-key-env OGL_KEY -- npm run e2e
  gatetape gate --report junit=gate.xml --report github=- -- npm test

The command runs as it is, without a shell, in a process group of its own. OPENAI_BASE_URL, OPENAI_API_BASE,
OPENAI_API_KEY, OGL_URL, OGL_TOKEN, OGL_API_KEY, OGL_TEST_URL, OGL_TEST_TOKEN and NO_PROXY are set for it; {base}, {url}
and {key} in its arguments are replaced. docs/gate.md lists the checks.

Exit codes: 0 conformant (warnings too, unless --fail-on warn) and the command ended with 0, 1 findings or a failed
command, 2 wrong usage or no such command, 3 gatetape failed, 128+n ended by signal n.`;

const DEADLINE_S = 600;

/** Makes the command `gatetape gate`. */
export function gateCommand(io: CommandIo): Command {
  const command = addOptions(addConfigOptions(new Command("gate")), "gate")
    .description("Run any command against a mock, or a live gateway, and judge all its traffic.")
    .argument("<command...>", "the command, after --")
    .option("--scenario <id>", "answer as this scenario of gatetape client does, for its operation")
    .option(
      "--env <name=value>",
      "another variable for the command, with {base}, {url}, {key}; may be repeated",
      collectEnv,
    )
    .option("--key <key>", "key for the command")
    .option("--deadline <seconds>", "end the command if it has not ended by then", parseSeconds, DEADLINE_S)
    .option(
      "--expect-stdout-token [text]",
      "demand that the command prints a word of an answer: this text, or one that gatetape puts into its answers",
    )
    .option("--min-coverage <percent>", "fail if less of the given cassettes is played", parsePercent);
  return addJudgingOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((words: string[], flags: GateFlags, self: Command) => gate(words, flags, self, io));
}

async function gate(words: string[], given: GateFlags, command: Command, io: CommandIo): Promise<void> {
  const flags = await withConfig("mock", locatedServing(given, io), command, io);
  refuseTogether(flags, command);
  const judging = new Judging(flags, io);
  const scenario = flags.scenario === undefined ? undefined : findScenario(flags.scenario);
  const token = flags.expectStdoutToken === true ? newToken() : flags.expectStdoutToken;
  // A matching cassette would answer without the token.
  const made = flags.expectStdoutToken === true && command.getOptionValueSource("cassettes") === undefined;
  const startedAt = new Date();
  const server = await startServer(
    made ? { ...flags, cassettes: ["none"] } : flags,
    scenario === undefined ? [] : [scenarioSource(scenario)],
    flags.expectStdoutToken === true && token !== undefined ? { respond: respondWith(token) } : {},
    io,
  );
  const watch = token === undefined ? undefined : new TokenWatch(token);
  const ran = await runCommand(words, flags, server, watch, io).finally(() => server.close());
  const traffic = observeTraffic(server, flags.cassettes, ran, token, watch);
  const coverage = countCoverage(
    traffic.exchanges,
    server.library,
    isOwn(flags.cassettes),
    specOf(server.ogl).operations.list,
  );
  const subject = words.join(" ").replaceAll(/\s+/g, " ").slice(0, MAX_SUBJECT).trim();
  const broken = whyBroken(server, ran);
  io.exitCode = judging.conclude({
    subject,
    ogl: server.ogl,
    traffic,
    coverage,
    more: scenario === undefined ? [] : [judgeScenario(scenario, traffic.exchanges, subject)],
    problems: [
      ...(broken?.problems ?? []),
      ...[...server.troubles].map((trouble) => `the gateway at ${flags.upstream} gave no answer: ${trouble}`),
      ...tooLittle(percentOf(coverage.interactions), flags.minCoverage),
    ],
    startedAt: startedAt.toISOString(),
    ms: Date.now() - startedAt.getTime(),
    print: (text) => void io.stderr.write(text),
    ...(broken === undefined ? {} : { exitCode: broken.exitCode }),
  });
}

const MAX_SUBJECT = 80;

interface Ran extends EndedCommand {
  /** Signal that ends gatetape. */
  readonly interrupted?: NodeJS.Signals;
}

/** Runs the command to its end, passing gatetape's signals on. */
async function runCommand(
  words: readonly string[],
  flags: GateFlags,
  server: GateServer,
  watch: TokenWatch | undefined,
  io: Io,
): Promise<Ran> {
  let interrupted: NodeJS.Signals | undefined;
  let running: RunningCommand | undefined;
  const pass = (signal: NodeJS.Signals): void => {
    interrupted ??= signal;
    running?.signal(signal);
  };
  const out = flags.json ? io.stderr : io.stdout;
  const off = onSignals(io, SIGNALS, pass);
  try {
    running = await startCommand({
      command: words.map((word) => expanded(word, server)),
      variables: variablesFor(server, flags, io),
      deadlineMs: flags.deadline * 1000,
      outputToStderr: flags.json ?? false,
      cwd: io.cwd,
      ...(io.inheritable
        ? {}
        : { stdin: "ignore" as const, onErrorOutput: (bytes: Buffer) => void io.stderr.write(bytes) }),
      ...(watch === undefined && io.inheritable
        ? {}
        : {
            onOutput: (bytes: Buffer) => {
              watch?.push(bytes);
              out.write(bytes);
            },
          }),
    });
    if (interrupted !== undefined) running.signal(interrupted); // the signal came while the command was started
    const ended = await running.ended;
    return { ...ended, ...(interrupted === undefined ? {} : { interrupted }) };
  } finally {
    off();
  }
}

/** All variables of the command. */
function variablesFor(
  server: GateServer,
  flags: GateFlags,
  io: Io,
): Readonly<Record<string, string | undefined>> {
  const all = { ...io.env, ...makeEnvironment(server, flags.env ?? [], io.env) };
  return server.keptKey === undefined ? all : withoutKey(all, server.keptKey, server.key);
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

function observeTraffic(
  server: GateServer,
  cassettes: readonly string[] | undefined,
  ran: Ran,
  token: string | undefined,
  watch: TokenWatch | undefined,
): Traffic {
  const spec = specOf(server.ogl);
  const own = new Set(server.library?.entries.filter(isOwn(cassettes)).map(({ title }) => title));
  const exchanges = observe(server.traces, {
    endedAt: ran.endedAt,
    own,
    ...(server.live ? { findDrift: (trace) => findDrift(spec, trace) } : {}),
  });
  const { exitCode, signal, ms, overdue, leftBehind } = ran;
  return {
    exchanges,
    timed: true,
    keys: server.keys,
    command: {
      exitCode,
      signal,
      ms: Math.round(ms),
      overdue,
      leftBehind,
      ...(token === undefined || watch === undefined
        ? {}
        : {
            token: {
              text: token,
              answered: server.traces.some((trace) => answeredText(trace).includes(token)),
              printed: watch.seen,
            },
          }),
    },
  };
}

function tooLittle(percent: number, min: number | undefined): string[] {
  return min === undefined || percent >= min
    ? []
    : [`${Math.floor(percent)} % of the recorded interactions were played, --min-coverage asks for ${min} %`];
}

interface Broken {
  readonly exitCode: number;
  readonly problems: readonly string[];
}

/** Reason why a run says nothing of the command, whatever its verdicts are: gatetape failed, or was interrupted. */
function whyBroken({ traces }: GateServer, { interrupted }: Ran): Broken | undefined {
  const errors = traces.flatMap(({ answer: { by } }) => (by.kind === "failed" ? [by.error] : []));
  if (errors.length > 0)
    return {
      exitCode: 3,
      problems: [`gatetape failed on ${count(errors.length, "request")}: ${[...new Set(errors)].join("; ")}`],
    };
  if (interrupted === undefined) return undefined;
  return { exitCode: signalExitCode(interrupted), problems: [`interrupted by ${interrupted}`] };
}

/** Rejects options that have no meaning together. */
function refuseTogether(flags: GateFlags, command: Command): void {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
  if (flags.upstream !== undefined) {
    const mockOnly = [
      "cassettes",
      "world",
      "strict",
      "policy",
      "speed",
      "fault",
      "ttft",
      "tps",
      "jitter",
    ].filter(isGiven);
    if (mockOnly.length > 0)
      throw new UsageError(
        "option",
        {},
        `--${mockOnly[0]} configures the mock, which --upstream replaces`,
        "leave one of them out",
      );
  } else if (flags.upstreamKeyEnv !== undefined || flags.ca !== undefined)
    throw new UsageError(
      "option",
      {},
      "--upstream-key-env and --ca are for --upstream",
      "name it, or leave them out",
    );
  const cassettes = (flags.cassettes ?? []).filter((path) => path !== "none" && path !== "bundled");
  if (flags.minCoverage !== undefined && cassettes.length === 0)
    throw new UsageError(
      "option",
      {},
      "--min-coverage counts your own cassettes, and none are given",
      "name them with --cassettes",
    );
}

function findScenario(id: string): Scenario {
  const [scenario, other] = selectScenarios({ only: [id] });
  if (scenario === undefined || other !== undefined)
    throw new UsageError(
      "not-found",
      {},
      `--scenario ${id} is more than one`,
      `gatetape scenarios '${id}' lists them`,
    );
  return scenario;
}
