import { Command, Option } from "commander";
import { CASSETTE_SUFFIX } from "../../cassette/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, type Spec, oglVersion, specOf } from "../../openapi/index.ts";
import { masked } from "../../secrets/index.ts";
import {
  type SavedTraffic,
  cassetteTraffic,
  findDrift,
  harTraffic,
  journalTraffic,
  keysOf,
  observe,
} from "../../suites/index.ts";
import { type CommandIo, located, readBytes } from "../support/index.ts";
import type { JudgingFlags } from "./flags.ts";
import { Judging, addJudgingOptions } from "./judging.ts";

interface CheckFlags extends JudgingFlags {
  readonly ogl: string;
  readonly host?: string;
}

const EXAMPLES = `
Examples:
  gatetape check trace.ndjson                  a journal of gatetape gate or gatetape mock (--journal)
  gatetape check --host gateway.example x.har  a HAR of a browser or a proxy
  gatetape check chat.cassette.json            a recording: it has no times, so retries and rates are not judged
  gatetape check a.ndjson b.ndjson --report junit=check.xml

Exit codes: 0 conformant (warnings too, unless --fail-on warn), 1 findings, 2 a file is missing or unreadable.`;

/** Makes the command `gatetape check`. */
export function checkCommand(io: CommandIo): Command {
  const command = new Command("check")
    .description("Judge saved traffic: journals, HARs, cassettes.")
    .argument("<file...>", "a journal (.ndjson), a HAR (.har) or a cassette")
    .addOption(
      new Option("--ogl <version>", "OGL version whose OpenAPI the traffic is checked against")
        .choices([...OGL_VERSIONS])
        .default(DEFAULT_OGL_VERSION),
    )
    .option(
      "--host <name>",
      "host whose requests are read from a HAR (default: the one with most /v1/ requests)",
    );
  return addJudgingOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((files: string[], flags: CheckFlags) => checkTraffic(files, flags, io));
}

async function checkTraffic(files: string[], flags: CheckFlags, io: CommandIo): Promise<void> {
  const judging = new Judging(flags, io);
  const ogl = oglVersion(flags.ogl);
  const spec = specOf(ogl);
  const startedAt = new Date();
  const saved: SavedTraffic[] = [];
  for (const file of files) saved.push(await readTraffic(located(io, file), spec, flags.host));
  const print = (text: string): void => void (flags.json ? io.stderr : io.stdout).write(text);
  if (!flags.quiet) for (const note of saved.flatMap(({ notes }) => notes)) print(`${masked(note)}\n`);
  const traces = saved.flatMap((one) => one.traces);
  const keyless = new Set(saved.flatMap((one) => (one.keysKept ? [] : one.traces)));
  const unjudged = new Set(saved.flatMap((one) => [...one.unjudged]));
  const exchanges = observe(traces, {
    keyless,
    findDrift: (trace) => (unjudged.has(trace) ? undefined : findDrift(spec, trace)),
  });
  io.exitCode = judging.conclude({
    subject: files.join(" ").trim(),
    ogl,
    traffic: { exchanges, timed: saved.every(({ timed }) => timed), keys: keysOf(traces) },
    startedAt: startedAt.toISOString(),
    ms: Date.now() - startedAt.getTime(),
    print,
  });
}

function readTraffic(
  file: string,
  spec: Spec,
  host: string | undefined,
): SavedTraffic | Promise<SavedTraffic> {
  if (file.endsWith(CASSETTE_SUFFIX)) return cassetteTraffic(file, spec);
  const bytes = readBytes(file, "check the path");
  // A HAR in UTF-16 is known by its name alone.
  return /^(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:/.test(bytes.toString("latin1", 0, 200)) || file.endsWith(".har")
    ? harTraffic(file, bytes, spec, host)
    : journalTraffic(file, bytes.toString());
}
