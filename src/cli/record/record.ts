import { existsSync } from "node:fs";
import { styleText } from "node:util";
import { Command } from "commander";
import { CassetteError, findCassettes, generationAdvice, loadCassetteFile } from "../../cassette/index.ts";
import { type RecordFlags, addOptions } from "../../config/index.ts";
import { oglVersion } from "../../openapi/index.ts";
import { type RecordingSummary, type RunningRecorder, startRecorder } from "../../recorder/index.ts";
import {
  type CommandIo,
  type Output,
  UsageError,
  addConfigOptions,
  addRedactOption,
  keyFrom,
  located,
  onSignals,
  certificateFile,
  sanitizeConfig,
  withConfig,
} from "../support/index.ts";
import { RecordScreen, summaryJson, summaryText } from "./screen.ts";

type Flags = RecordFlags & { readonly config?: string | boolean };

const DEFAULT_PORT = 4011;

const EXAMPLES = `
Examples:
  gatetape record --upstream https://gateway.example/v1 --out cassettes/chat.cassette.json
  gatetape record --upstream URL --out DIR                one cassette for each operation
  gatetape record --upstream URL --out DIR --mode missing
  gatetape record --upstream URL --out FILE --only NAME   one interaction again
  gatetape record --upstream URL --out FILE --upstream-key-env OGL_KEY
                                     clients need no key: it stays in the environment, or in .env
  gatetape record --upstream URL --out DIR --scenarios --upstream-key-env OGL_KEY
                                     the requests of gatetape server, without a client

Point a client at http://127.0.0.1:${DEFAULT_PORT}/v1 and use it; Ctrl-C puts what was recorded into
the cassette. Secrets are replaced before anything is written. Exit code 1: an exchange was
not recorded, withheld or lost, or with --fail-on-drift contradicts the OpenAPI. docs/record.md has more.`;

/** Makes the command `gatetape record`. */
export function recordCommand(io: CommandIo): Command {
  return addOptions(addRedactOption(addConfigOptions(new Command("record"))), "record")
    .description(
      "Record a live gateway: pass traffic through and write it into a cassette, without the secrets.",
    )
    .addHelpText("after", EXAMPLES)
    .action((flags: Flags, command: Command) => record(flags, command, io));
}

async function record(given: Flags, command: Command, io: CommandIo): Promise<void> {
  const flags = await withConfig("record", given, command, io);
  const { upstream } = flags;
  const out = flags.out === undefined ? undefined : located(io, flags.out);
  if (out === undefined || (upstream === undefined && flags.mode !== "none"))
    throw new UsageError(
      "option",
      {},
      `${out === undefined ? "--out" : "--upstream"} is missing`,
      "gatetape record --upstream https://gateway.example/v1 --out cassettes/chat.cassette.json, or set it in the config",
    );
  const screen = new RecordScreen({ json: flags.json ?? false, quiet: flags.quiet ?? false }, io);
  warnOfAge(out, flags.maxAge, screen);
  const sanitize = await sanitizeConfig(flags, io);
  const key = flags.upstreamKeyEnv === undefined ? undefined : keyFrom(flags.upstreamKeyEnv, io);
  const recorder = await startRecorder({
    out,
    host: flags.host,
    port: flags.port,
    ogl: oglVersion(flags.ogl),
    askGeneration: command.getOptionValueSource("ogl") === "default" && given.ogl === flags.ogl,
    mode: flags.mode,
    sanitize,
    keepWaits: flags.keepWaits ?? false,
    redactPrompts: flags.redactPrompts ?? false,
    keepAborted: flags.keepAborted ?? false,
    ca: (flags.ca ?? []).map((file) => certificateFile(file, io)),
    env: io.env,
    onEvent: (event) => screen.show(event),
    ...(upstream === undefined ? {} : { upstream }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
    // The scenarios have the key themselves: some of them are to be sent without one.
    ...(key === undefined || flags.scenarios ? {} : { upstreamKey: key }),
  });
  screen.watch(recorder.stats);
  const stop = new AbortController();
  const requested = new Promise<void>((resolve) => {
    const off = onSignals(io, ["SIGINT", "SIGTERM", "SIGHUP"], () => {
      // A second signal ends the process at once; the recording worker finishes what it has.
      off();
      stop.abort();
      resolve();
    });
    if (flags.scenarios === true) stop.signal.addEventListener("abort", off);
  });
  screen.greet(
    flags.json ? `${recordReadyLine(recorder, flags, out)}\n` : recordBanner(recorder, flags, out, io.stdout),
  );
  await (flags.scenarios === true ? playScenarios(recorder, key, stop, screen) : requested);
  await finish(recorder, screen, flags, out, io);
}

/** Sends the scenarios' requests; a recording that is interrupted, or has no upstream, keeps what it has. */
async function playScenarios(
  { url }: RunningRecorder,
  key: string | undefined,
  stop: AbortController,
  screen: RecordScreen,
): Promise<void> {
  const { askScenarios } = await import("./scenarios.ts");
  try {
    await askScenarios(url, key, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    screen.show({ event: "trouble", message: "interrupted", fix: "run it again for the other requests" });
  }
  stop.abort();
}

async function finish(
  recorder: RunningRecorder,
  screen: RecordScreen,
  flags: RecordFlags,
  out: string,
  io: CommandIo,
): Promise<void> {
  const summary = await recorder.finish();
  screen.end();
  for (const { file, better } of summary.files) {
    if (better === undefined) continue;
    const { reason, fix } = generationAdvice(better, flags.ogl);
    screen.show({ event: "trouble", message: `${file}: ${reason}`, fix });
  }
  if (flags.json) io.stdout.write(`${summaryJson(summary)}\n`);
  else if (!flags.quiet) io.stdout.write(summaryText(summary, out, flags.ogl));
  io.exitCode = exitCodeOf(summary, flags);
}

function exitCodeOf(
  { withheld, drift, lost, stats }: RecordingSummary,
  { failOnDrift }: RecordFlags,
): number {
  const missing = lost + withheld.length + stats.skipped + stats.inMemory;
  return missing > 0 || (failOnDrift && drift.length > 0) ? 1 : 0;
}

function recordReadyLine(recorder: RunningRecorder, flags: RecordFlags, out: string): string {
  const { url, host, port, baseUrl, records, upstream } = recorder;
  return JSON.stringify({
    ready: {
      url,
      base: baseUrl,
      host,
      port,
      pid: process.pid,
      upstream: upstreamUrl(upstream),
      out,
      mode: flags.mode,
      records,
      ogl: flags.ogl,
    },
  });
}

function recordBanner(recorder: RunningRecorder, flags: RecordFlags, out: string, stdout: Output): string {
  const bold = (text: string): string => styleText("bold", text, { stream: stdout });
  const does = recorder.records ? `records into ${out}` : `only plays ${out}`;
  const mode = flags.only === undefined ? `mode ${flags.mode}` : `only ${JSON.stringify(flags.only)}`;
  return [
    `${bold("gatetape record")} of ${upstreamUrl(recorder.upstream)} at ${bold(recorder.url)}`,
    `${does} (${mode}, OGL ${flags.ogl})`,
    "",
    "Point an OpenAI SDK at it:",
    `  export OPENAI_BASE_URL=${recorder.baseUrl}${flags.upstreamKeyEnv === undefined ? "" : " OPENAI_API_KEY=sk-anything"}`,
    "",
    "Ctrl-C ends the recording.",
    "",
    "",
  ].join("\n");
}

function upstreamUrl(upstream: RunningRecorder["upstream"]): string {
  return upstream === undefined ? "nothing" : upstream.origin + upstream.prefix;
}

function warnOfAge(out: string, maxAge: number | undefined, screen: RecordScreen): void {
  if (maxAge === undefined || !existsSync(out)) return;
  for (const file of findCassettes([out], { empty: true })) {
    const { recordedAt } = cassetteAbout(file);
    const days = (Date.now() - Date.parse(recordedAt ?? "")) / 86_400_000;
    if (days > maxAge)
      screen.show({
        event: "trouble",
        message: `${file} was recorded ${Math.floor(days)} days ago`,
        fix: "record it again, with --mode all",
      });
  }
}

function cassetteAbout(file: string): { readonly recordedAt?: string } {
  try {
    return loadCassetteFile(file).cassette.about;
  } catch (error) {
    if (error instanceof CassetteError) return {}; // the recorder itself reports the error
    throw error;
  }
}
