import { Command, Option } from "commander";
import { collect, parseSeconds } from "../../config/index.ts";
import { OGL_VERSIONS, oglVersion } from "../../openapi/index.ts";
import { parseUpstream, proxyFor } from "../../server/index.ts";
import {
  type Consent,
  FAIL_ON,
  SERVER_PROFILES,
  type ServerRunOptions,
  openCreatedJournal,
  parseKnownFailures,
  runServerSuite,
  selectChecks,
  signalExitCode,
} from "../../suites/index.ts";
import { RecordFile, collectReport, parseCount } from "../reporting/index.ts";
import {
  type CommandIo,
  UsageError,
  certificateFile,
  located,
  onFirstSignals,
  readTextFile,
  variables,
} from "../support/index.ts";
import type { ServerFlags } from "./flags.ts";
import { printPlan } from "./plan.ts";
import { ServerReport } from "./report.ts";

const EXAMPLES = `
Examples:
  gatetape server --url https://gateway.example/v1 --key-env OGL_KEY
  gatetape server --url http://127.0.0.1:4010 --list
  gatetape server --url http://127.0.0.1:4010 --only 'stream/*' --report junit=server.xml
  gatetape server --url https://staging.example --key-env OGL_KEY --allow-load --allow-writes

Nothing is written and nothing is loaded unless --allow-writes or --allow-load say so. docs/server.md lists the checks.

Exit codes: 0 conformant (warnings too, unless --fail-on warn), 1 findings, 2 wrong usage or no server, 3 gatetape failed,
128+n ended by signal n.`;

const MAX_REQUESTS = 200;
const MAX_TOKENS = 20_000;
const TIMEOUT_S = 60;
const JOURNAL = ".gatetape-server.ndjson";

/** Makes the command `gatetape server`. */
export function serverCommand(io: CommandIo): Command {
  return new Command("server")
    .description(
      "Judge a live server: requests that should work, requests that should not, a verdict a check.",
    )
    .option("--url <url>", "base URL of the server, with or without /v1")
    .option("--key-env <name>", "name of the environment variable (or of an entry of .env) with the key")
    .option(
      "--ca <file>",
      "file of certificates (PEM) to trust beside the system's; may be repeated",
      collect,
    )
    .addOption(
      new Option("--ogl <version>", "generation of the server; it is recognised if you do not say").choices([
        ...OGL_VERSIONS,
      ]),
    )
    .option("--model <id>", "model for chats (default: the first that is listed)")
    .option("--embedding-model <id>", "model for embeddings (default: the first that is listed)")
    .option(
      "--only <pattern>",
      "judge only these checks (* stands for any characters); may be repeated",
      collect,
    )
    .option("--skip <pattern>", "leave out these checks; may be repeated", collect)
    .addOption(
      new Option("--profile <name>", "a frozen list of checks").choices(Object.keys(SERVER_PROFILES)),
    )
    .option("--list", "show the requests that would be sent, and send none")
    .option("--allow-load", "also open 32 streams at once")
    .option("--allow-writes", "also make keys and collections named gatetape-…, and delete them")
    .option("--fault-models", "gatetape mock is the upstream: judge what the server makes of its models t-…")
    .option(
      "--journal <file>",
      "journal of what --allow-writes has made, for the clean-up after a kill",
      JOURNAL,
    )
    .option("--max-requests <n>", "stop after that many requests", parseCount, MAX_REQUESTS)
    .option(
      "--max-tokens <n>",
      "stop before the prompts and answers could cost more tokens",
      parseCount,
      MAX_TOKENS,
    )
    .option("--timeout <seconds>", "time that an answer may take", parseSeconds, TIMEOUT_S)
    .option("--known-failures <file>", "a file of `pattern   # reason`; an entry that passes fails the run")
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
    .option("--json", "print the record of the run as JSON Lines and nothing else")
    .option("-q, --quiet", "print only the summary")
    .option("-v, --verbose", "also print the checks that saw nothing to judge")
    .addHelpText("after", EXAMPLES)
    .action((flags: ServerFlags) => server(flags, io));
}

async function server(flags: ServerFlags, io: CommandIo): Promise<void> {
  const checks = selectChecks(flags);
  const consents = consentsOf(flags);
  const given = {
    ...(flags.ogl === undefined ? {} : { ogl: oglVersion(flags.ogl) }),
    ...(flags.model === undefined ? {} : { chat: flags.model }),
    ...(flags.embeddingModel === undefined ? {} : { embedding: flags.embeddingModel }),
  };
  if (flags.list === true) {
    printPlan({ checks, consents, ...given }, io);
    return;
  }
  if (flags.url === undefined)
    throw new UsageError(
      "option",
      {},
      "--url is missing",
      "name the server: --url https://gateway.example/v1",
    );
  const target = parseUpstream(flags.url);
  const key = flags.keyEnv === undefined ? undefined : keyOfVariable(flags.keyEnv, io);
  const known = flags.knownFailures;
  const knownFailures =
    known === undefined
      ? []
      : parseKnownFailures(readTextFile(located(io, known), "check the path of --known-failures"), known);
  const targets = [
    ...(flags.report ?? []),
    ...(flags.json ? [{ format: "ndjson" as const, file: "-" }] : []),
  ];
  const report = new ServerReport(new RecordFile(targets, io), { checks, flags, knownFailures, key }, io);
  const stop = new AbortController();
  let interrupted: NodeJS.Signals | undefined;
  const off = onFirstSignals(io, ["SIGINT", "SIGTERM", "SIGHUP"], (name) => {
    interrupted ??= name;
    stop.abort(new UsageError("stopped", {}, `interrupted by ${name}`, "run it again for the other checks"));
  });
  const options: ServerRunOptions = {
    route: {
      target,
      proxy: proxyFor(target, io.env),
      ca: flags.ca?.map((file) => readTextFile(certificateFile(file, io), "check its permissions")),
    },
    key,
    signal: stop.signal,
    checks,
    consents,
    ...given,
    maxRequests: flags.maxRequests,
    maxTokens: flags.maxTokens,
    timeoutMs: flags.timeout * 1000,
    ...(flags.allowWrites ? { journal: openCreatedJournal(located(io, flags.journal), target.origin) } : {}),
    onFacts: (facts, subject) => report.begin(facts, subject),
    onVerdict: (verdict, keys) => report.add(verdict, keys),
  };
  try {
    const run = await runServerSuite(options);
    io.exitCode = report.end(run);
  } catch (error) {
    if (interrupted === undefined) throw error;
    report.cut(interrupted);
    io.exitCode = signalExitCode(interrupted);
  } finally {
    off();
  }
}

function consentsOf({ allowLoad, allowWrites, faultModels }: ServerFlags): ReadonlySet<Consent> {
  return new Set<Consent>([
    ...(allowLoad ? (["load"] as const) : []),
    ...(allowWrites ? (["writes"] as const) : []),
    ...(faultModels ? (["fault-models"] as const) : []),
  ]);
}

/** Key of the named variable. @throws UsageError if there is none */
function keyOfVariable(name: string, io: CommandIo): string {
  const key = variables(io)[name];
  if (key === undefined || key === "")
    throw new UsageError(
      "option",
      {},
      `--key-env ${name}: there is no such variable in the environment, nor in .env`,
      `export ${name}=sk-…, or write it into .env`,
    );
  return key;
}
