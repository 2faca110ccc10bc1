import { Command, Option } from "commander";
import { collect } from "../config/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../openapi/index.ts";
import { rerunCommand } from "../report/index.ts";
import { masked } from "../secrets/index.ts";
import {
  type AdapterDriver,
  Cleaner,
  FAIL_ON,
  type KnownFailure,
  PROFILES,
  SCENARIOS,
  type Scenario,
  type Verdict,
  adapterDriver,
  isBad,
  isReached,
  markKnown,
  parseKnownFailures,
  parseShard,
  runScenarios,
  selectScenarios,
  signalExitCode,
  staleEntries,
  subjectOf,
  tooManyInconclusive,
  traceRecord,
} from "../suites/index.ts";
import { version, visibleLines } from "../util/index.ts";
import { type ClientUpstream, clientUpstream, upstreamArguments } from "./client-upstream.ts";
import {
  type ClientFlags,
  Progress,
  RecordFile,
  clientSummary,
  collectReport,
  parseCount,
  parseJobs,
  checkTargets,
} from "./reporting/index.ts";
import {
  type CommandIo,
  count,
  located,
  onFirstSignals,
  readTextFile,
  shellQuoted,
} from "./support/index.ts";

const EXAMPLES = `
Examples:
  gatetape client -- node my-adapter.mjs
  gatetape client --only 'stream/*' -- python my_adapter.py
  gatetape client --profile tier-1-2026 --report junit=client.xml -- ./my-adapter
  gatetape client --known-failures known.txt --fail-on warn -- ./my-adapter
  gatetape client --upstream https://gateway.example/v1 --upstream-key-env OGL_KEY -- ./my-adapter

An adapter is a small program that calls your client library for each request, a line of JSON on its stdin, and
prints the result that the library's user would see. docs/client.md has the messages and an adapter to start from.

Exit codes: 0 conformant (warnings too, unless --fail-on warn), 1 findings, 2 wrong usage or no adapter, 3 gatetape failed,
or the machine was too late for more than one verdict in ten, 128+n ended by signal n.`;

/** Time (ms) after which a user is told what is waited for. */
const SLOW_START_MS = 8000;

const EXIT = { ok: 0, findings: 1, usage: 2, harness: 3 } as const;

/** Makes the command `gatetape client`. */
export function clientCommand(io: CommandIo): Command {
  return new Command("client")
    .description(
      "Judge a client library through an adapter: a verdict a scenario, with the bytes behind each.",
    )
    .argument("<command...>", "the adapter's command, after --")
    .option(
      "--only <pattern>",
      "play only these scenarios (* stands for any characters); may be repeated",
      collect,
    )
    .option("--skip <pattern>", "leave out these scenarios; may be repeated", collect)
    .addOption(new Option("--profile <name>", "a frozen list of scenarios").choices(Object.keys(PROFILES)))
    .option("--known-failures <file>", "a file of `pattern   # reason`; an entry that passes fails the run")
    .option("--shard <i/n>", "play the i-th of n parts")
    .option("--max-skips <n>", "fail if more scenarios are skipped", parseCount)
    .option(
      "-j, --jobs <n>",
      "number of concurrent scenarios; those that measure time are played apart from the others",
      parseJobs,
      4,
    )
    .addOption(
      new Option("--fail-on <result>", "the mildest result that fails the run")
        .choices([...FAIL_ON])
        .default("fail"),
    )
    .option(
      "--report <format=file>",
      "write a report: ndjson, json, junit, markdown, github or badge; may be repeated",
      collectReport,
    )
    .addOption(
      new Option("--ogl <version>", "OGL version whose OpenAPI the requests are checked against")
        .choices([...OGL_VERSIONS])
        .default(DEFAULT_OGL_VERSION),
    )
    .option(
      "--upstream <url>",
      "let a live gateway answer, where a good server can show what a scenario is about",
    )
    .option("--upstream-key-env <name>", "variable of the environment or .env with the gateway's key")
    .option("--ca <file>", "certificate (PEM) that the gateway's is signed with; may be repeated", collect)
    .option("--model <id>", "the gateway's model for chats (default: the first that it lists)")
    .option("--embedding-model <id>", "the gateway's model for embeddings (default: the first that it lists)")
    .option("--json", "print the record of the run as JSON Lines and nothing else")
    .option("-q, --quiet", "print only the summary")
    .option("-v, --verbose", "pass the adapter's log and stderr on")
    .addHelpText("after", EXAMPLES)
    .action((command: string[], flags: ClientFlags) => client(command, flags, io));
}

async function client(command: string[], flags: ClientFlags, io: CommandIo): Promise<void> {
  const known = knownFailures(flags, io);
  const scenarios = selectScenarios({
    only: flags.only ?? [],
    skip: flags.skip ?? [],
    ...(flags.profile === undefined ? {} : { profile: flags.profile }),
    ...(flags.shard === undefined ? {} : { shard: parseShard(flags.shard) }),
  });
  const targets = [
    ...(flags.report ?? []),
    ...(flags.json ? [{ format: "ndjson" as const, file: "-" }] : []),
  ];
  checkTargets(targets, io);
  const upstream = await clientUpstream(flags, io);
  const stop = new AbortController();
  const waiting = setTimeout(() => {
    io.stderr.write("gatetape: still waiting for the adapter's hello; a start may take 120 s\n");
  }, SLOW_START_MS);
  const driver = await adapterDriver({
    command,
    runner: `gatetape ${version()}`,
    jobs: flags.jobs,
    cwd: io.cwd,
    inherited: io.env,
    ...(flags.verbose ? { onLog: (text) => void io.stderr.write(visibleLines(text)) } : {}),
  }).finally(() => clearTimeout(waiting));
  let interrupted: NodeJS.Signals | undefined;
  const off = onFirstSignals(io, ["SIGINT", "SIGTERM", "SIGHUP"], (name) => {
    interrupted ??= name;
    stop.abort();
    driver.kill();
  });
  try {
    const record = new RecordFile(targets, io);
    const requested = { command, flags, upstream, signal: stop.signal, io };
    const exitCode = await judged(driver, scenarios, known, record, requested);
    io.exitCode = interrupted === undefined ? exitCode : signalExitCode(interrupted);
    record.finish();
  } finally {
    await driver[Symbol.asyncDispose]();
    off();
  }
}

interface RequestedRun {
  readonly command: readonly string[];
  readonly flags: ClientFlags;
  readonly upstream: ClientUpstream | undefined;
  readonly signal: AbortSignal;
  readonly io: CommandIo;
}

/** Plays the scenarios, prints verdicts as they come, and returns the exit code of a run that is not interrupted. */
async function judged(
  driver: AdapterDriver,
  scenarios: readonly Scenario[],
  known: readonly KnownFailure[],
  record: RecordFile,
  { command, flags, upstream, signal, io }: RequestedRun,
): Promise<number> {
  const started = performance.now();
  const cleaner = new Cleaner(upstream?.key === undefined ? [] : [upstream.key]);
  const quiet = flags.quiet === true || flags.json === true;
  const rerun = {
    before: rerunStart(flags, io),
    after: cleaner.text(`-- ${command.map(shellQuoted).join(" ")}`),
  };
  const progress = new Progress(scenarios.length, quiet, io, (verdict) => rerunCommand([{ rerun }], verdict));
  record.add({
    run: {
      record: 2,
      gatetape: version(),
      ogl: flags.ogl,
      client: cleaner.data(driver.client),
      startedAt: new Date().toISOString(),
      scenarios: scenarios.length,
      ...(flags.shard === undefined ? {} : { shard: flags.shard }),
      ...(flags.profile === undefined ? {} : { profile: flags.profile }),
      rerun,
    },
  });
  // A later scenario may change the verdict of an earlier one.
  const latest = new Map<string, Verdict>();
  await runScenarios(driver, {
    scenarios,
    jobs: flags.jobs,
    ogl: oglVersion(flags.ogl),
    signal,
    ...(upstream === undefined ? {} : { live: upstream.gateway }),
    onStart: ({ id }) => progress.started(id),
    onVerdict: (plain, scenario, seen) => {
      const verdictNow = markKnown(plain, known);
      const marked = { ...verdictNow, fails: isBad(verdictNow, flags.failOn) };
      const { verdict, trace } = cleaner.verdict({
        verdict: marked,
        ...(seen === undefined ? {} : { trace: traceRecord(scenario, marked, seen) }),
      });
      if (trace !== undefined && verdict.result !== "pass") record.add({ trace });
      record.add({ verdict });
      latest.set(verdict.scenario, verdict);
      progress.ended(verdict, trace);
    },
  });
  progress.clear();
  const verdicts = [...latest.values()];
  const problems = runProblems(driver, verdicts, known, flags).map((problem) => cleaner.text(problem));
  const exitCode = runExitCode(driver, verdicts, problems, flags);
  const ms = Math.round(performance.now() - started);
  // An aborted run gets no end line, so that readers see that it is incomplete.
  if (!signal.aborted) record.add({ end: { ms, exitCode, problems } });
  const { restarts } = driver;
  const planned = scenarios.length;
  const subject = masked(subjectOf(driver));
  if (!flags.json) io.stdout.write(clientSummary({ subject, verdicts, problems, planned, restarts, ms }));
  return exitCode;
}

const NOTHING_JUDGED =
  "nothing was judged: the client declares, or exposes, nothing of what these scenarios need";

function runProblems(
  driver: AdapterDriver,
  verdicts: readonly Verdict[],
  known: readonly KnownFailure[],
  flags: ClientFlags,
): string[] {
  const skips = verdicts.filter(({ result }) => result === "skipped").length;
  return [
    ...driver.problems,
    ...staleEntries(known, verdicts, SCENARIOS).map((stale) => `${flags.knownFailures}: ${stale}`),
    ...(skips > (flags.maxSkips ?? Infinity)
      ? [`${count(skips, "scenario")} skipped, more than the ${flags.maxSkips} that --max-skips allows`]
      : []),
    // Of a part of the scenarios another one may say something.
    ...(flags.shard === undefined && verdicts.length > 0 && !verdicts.some(isReached)
      ? [NOTHING_JUDGED]
      : []),
    ...(tooManyInconclusive(verdicts)
      ? [
          "more than one verdict in ten is inconclusive: play them on a machine with less to do, or with --jobs 1",
        ]
      : []),
  ];
}

function runExitCode(
  driver: AdapterDriver,
  verdicts: readonly Verdict[],
  problems: readonly string[],
  flags: ClientFlags,
): number {
  if (driver.problems.length > 0) return EXIT.usage;
  if (tooManyInconclusive(verdicts)) return EXIT.harness;
  return problems.length > 0 || verdicts.some((verdict) => isBad(verdict, flags.failOn))
    ? EXIT.findings
    : EXIT.ok;
}

function knownFailures({ knownFailures: file }: ClientFlags, io: CommandIo): KnownFailure[] {
  if (file === undefined) return [];
  return parseKnownFailures(readTextFile(located(io, file), "check the path of --known-failures"), file);
}

/** Beginning of the command that plays a scenario again, as the user called this one. */
function rerunStart(flags: ClientFlags, { invocation = "gatetape" }: CommandIo): string {
  const { ogl, failOn } = flags;
  const generation = ogl === DEFAULT_OGL_VERSION ? "" : ` --ogl ${ogl}`;
  return `${invocation} client${generation}${failOn === "fail" ? "" : ` --fail-on ${failOn}`}${upstreamArguments(flags)}`;
}
