import { Command } from "commander";
import { readFileSync } from "node:fs";
import { findCassettes, loadCassette } from "../../cassette/index.ts";
import { type DriftFlags, addOptions } from "../../config/index.ts";
import {
  type JsonObject,
  changeTools,
  importTools,
  oglVersion,
  pinnedDocument,
  specOf,
} from "../../openapi/index.ts";
import { countDrift, driftText, printDrift } from "../../report/index.ts";
import { parseUpstream } from "../../server/index.ts";
import { type DriftReport, compareRecordings, liveSender, touchingChanges } from "../../suites/index.ts";
import {
  type DriftTarget,
  addDriftReport,
  checkDriftTargets,
  writeDriftReports,
} from "../reporting/index.ts";
import {
  type CommandIo,
  UsageError,
  certificateFile,
  keyFrom,
  located,
  onSignals,
} from "../support/index.ts";
import { readLiveOpenApi, requiredUrl } from "./live-server.ts";

type Flags = DriftFlags & { readonly report?: readonly DriftTarget[] };

const HELP = `
The server's openapi.json is compared with the pinned one. With --cassettes, recorded requests are sent to it, one after
the other, and its answers are compared: status, content type, headers, the structure of the JSON. Only requests that read
and calls of models are sent, never one that writes.

Examples:
  gatetape drift --url https://gateway.example
  gatetape drift --url URL --key-env OGL_TOKEN --cassettes cassettes --report markdown=drift.md
  gatetape drift --url URL --key-env OGL_TOKEN --cassettes bundled.cassette.json --model t-ok=my-model

Exit codes: 0 the same, 1 changed (with --fail-on breaking: a change breaks clients), 2 wrong usage, or no answer.`;

/** Makes the command `gatetape drift`. */
export function driftCommand(io: CommandIo): Command {
  return addDriftReport(addOptions(new Command("drift"), "drift"))
    .description("Compare a live server with its pinned OpenAPI, and with recordings.")
    .addHelpText("after", HELP)
    .action((flags: Flags) => drift(flags, io));
}

async function drift(flags: Flags, io: CommandIo): Promise<void> {
  const targets = flags.report ?? [];
  checkDriftTargets(targets, io);
  const upstream = parseUpstream(requiredUrl(flags.url, "drift"));
  const key = flags.keyEnv === undefined ? undefined : keyFrom(flags.keyEnv, io, "--key-env");
  const ca = (flags.ca ?? []).map((file) => readFileSync(certificateFile(file, io), "utf8"));
  const cassettes = findCassettes((flags.cassettes ?? []).map((path) => located(io, path))).map((file) =>
    loadCassette(file),
  );
  const end = new AbortController();
  const off = onSignals(io, ["SIGINT", "SIGTERM"], () => end.abort());
  try {
    const timeoutMs = flags.timeout * 1000;
    const send = liveSender({ upstream, ca, timeoutMs, env: io.env, signal: end.signal });
    const live = await readLiveOpenApi(`${upstream.origin}${upstream.prefix}`, send);
    const { nearestVersion } = await importTools();
    const ogl = flags.ogl === undefined ? nearestVersion(live.version, live.document) : oglVersion(flags.ogl);
    const spec = specOf(ogl);
    const { specChanges } = await changeTools();
    const pinned = pinnedDocument(ogl);
    const changes = specChanges(pinned as unknown as JsonObject, live.document);
    const { maxRequests, model: models = {} } = flags;
    const report: DriftReport = {
      before: { source: `OGL ${ogl}, pinned`, version: pinned.info.version },
      after: { source: live.source, version: live.version },
      changes: touchingChanges(changes, cassettes, spec.operations),
      ...(flags.cassettes === undefined
        ? {}
        : { answers: await compareRecordings(cassettes, { spec, send, key, models, maxRequests }) }),
    };
    if (end.signal.aborted)
      throw new UsageError("stopped", {}, "interrupted: nothing was reported", "run it again");
    io.stdout.write(flags.json ? printDrift("json", report) : driftText(report));
    writeDriftReports(targets, report, io);
    const { changed, breaking } = countDrift(report);
    io.exitCode = (flags.failOn === "breaking" ? breaking : changed) > 0 ? 1 : 0;
  } finally {
    off();
  }
}
