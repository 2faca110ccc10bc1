import { styleText } from "node:util";
import { Command, Option } from "commander";
import type { CassetteError, Library } from "../cassette/index.ts";
import { BUNDLED, type Respond, type RunningMock, startMock, type WorldKey } from "../mock/index.ts";
import { DEFAULT_OGL_VERSION, OGL_VERSIONS, oglVersion } from "../spec/index.ts";
import type { Trace } from "../trace/index.ts";
import { addConfigOptions, mockFlags } from "./config.ts";
import {
  collect,
  parseAmount,
  parsePart,
  parsePort,
  parseRate,
  parseSeconds,
  parseSpeed,
} from "./options.ts";
import { count } from "./words.ts";

interface MockFlags {
  readonly host: string;
  readonly port: number;
  readonly ogl?: string;
  readonly cassettes?: string[];
  readonly world: string;
  readonly policy: "reject" | "observe";
  readonly speed?: number;
  readonly strict?: boolean;
  readonly respond?: Respond;
  readonly ttft?: number;
  readonly tps?: number;
  readonly jitter?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly cors?: boolean;
  readonly keepAlive: number;
  readonly front: boolean;
  readonly watch?: boolean;
  readonly journal?: string;
  readonly allowHost?: string[];
  readonly config?: string | boolean;
}

const DEFAULT_PORT = 4010;

const EXAMPLES = `
Examples:
  gatetape mock                        the bundled library on http://127.0.0.1:${DEFAULT_PORT}
  gatetape mock -c tapes -c ${BUNDLED}    your cassettes and the bundled ones
  gatetape mock --port 0 --json        any free port; the first line of output is JSON for programs
  gatetape mock --speed instant        no waits, same bytes and same chunks
  gatetape mock --ogl 0.4.1            the older generation, as recorded from the real server
  gatetape mock --tps 30 --ttft 300    what nobody recorded comes at the pace of a model
  gatetape mock --world world.json     models, keys, limits and budgets of your own

Sessions: a client that sends the header x-gatetape-session, or uses the base URL
http://127.0.0.1:${DEFAULT_PORT}/s/NAME/v1, has its own place in recorded sequences.`;

export function mockCommand(): Command {
  return addConfigOptions(new Command("mock"))
    .description("Serve a mock OGL that plays cassettes.")
    .option("-p, --port <number>", "port to listen on; 0 takes any free one", parsePort, DEFAULT_PORT)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option(
      "-c, --cassettes <path>",
      `cassette file or folder, instead of the bundled library; may be repeated ("${BUNDLED}" adds that library, "none" loads nothing)`,
      collect,
    )
    .addOption(
      new Option(
        "--ogl <version>",
        `generation of OGL to be; next is experimental (default: the world's, else "${DEFAULT_OGL_VERSION}")`,
      ).choices([...OGL_VERSIONS]),
    )
    .option(
      "--speed <speed>",
      "pace of the replay: original (the default), instant, or a factor like 4x",
      parseSpeed,
    )
    .option(
      "--world <world>",
      "file that says which models, keys, limits and budgets exist; default: any key, and the models that the cassettes know; off: only play cassettes",
      "default",
    )
    .addOption(
      new Option(
        "--policy <policy>",
        "a request that does not keep to the OpenAPI: reject it with 422, or observe (let it pass)",
      )
        .choices(["reject", "observe"])
        .default("reject"),
    )
    .option("--strict", "answer only what a cassette has; without it, what nobody recorded is synthesized")
    .option("--ttft <ms>", "milliseconds before the first token of a synthesized answer", parseAmount)
    .option("--tps <rate>", "tokens a second of a synthesized answer (default: all at once)", parseRate)
    .option(
      "--jitter <part>",
      "by what part the time between two of its tokens differs at most, from 0 to 1",
      parsePart,
    )
    .option(
      "--keep-alive <seconds>",
      "close a connection that has been idle for so long; 0 never does",
      parseSeconds,
      2,
    )
    .option("--no-front", "let Node's own parser read requests: faster, but not all that OGL's server takes")
    .option("--cors", "let pages of other origins in, which OGL does not")
    .option("-w, --watch", "load the cassettes anew when a file changes; a bad edit keeps the old ones")
    .option("--journal <file>", "append what is asked and answered to a file, as JSON Lines without secrets")
    .option(
      "--allow-host <name>",
      "host name by which the control API may be reached; may be repeated",
      collect,
    )
    .option("--json", "print one line of JSON when ready, and one for each request")
    .option("-q, --quiet", "do not print requests")
    .addHelpText("after", EXAMPLES)
    .action(serve);
}

async function serve(given: MockFlags, command: Command): Promise<void> {
  const flags = await mockFlags(given, command);
  const mock = await startMock({
    host: flags.host,
    port: flags.port,
    ...(flags.ogl === undefined ? {} : { ogl: oglVersion(flags.ogl) }),
    cassettes: (flags.cassettes ?? [BUNDLED]).filter((path) => path !== "none"),
    world: flags.world,
    policy: flags.policy,
    speed: flags.speed ?? 1,
    ...(flags.quiet ? {} : { onTrace: flags.json ? printTraceJson : printTrace }),
    ...(flags.journal === undefined ? {} : { journalFile: flags.journal }),
    allowedHosts: flags.allowHost ?? [],
    cors: flags.cors ?? false,
    strict: flags.strict ?? false,
    ...(flags.respond === undefined ? {} : { respond: flags.respond }),
    pace: { ttft: flags.ttft ?? 0, tps: flags.tps ?? Infinity, jitter: flags.jitter ?? 0 },
    keepAliveMs: flags.keepAlive * 1000,
    front: flags.front,
  });
  // Before the ready line: whoever reads that may send a signal at once.
  const unwatch = flags.watch ? mock.watch((error) => printReload(mock, error)) : undefined;
  const stop = (): void => {
    unwatch?.();
    void mock.close();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  process.stdout.write(
    flags.json ? `${readyLine(mock, flags.configFile)}\n` : banner(mock, flags.configFile),
  );
}

function readyLine(mock: RunningMock, config: string | undefined): string {
  const { library, world } = mock;
  return JSON.stringify({
    ready: {
      url: mock.url,
      base: `${mock.url}/v1`,
      host: mock.host,
      port: mock.port,
      pid: process.pid,
      ogl: library.ogl,
      ...(config === undefined ? {} : { config }),
      ...(world === undefined ? {} : { world: { models: world.models.length, keys: world.keys.length } }),
      interactions: library.entries.length,
      operations: countBy(library, (entry) => entry.operation),
      origins: countBy(library, (entry) => entry.origin),
    },
  });
}

function banner(mock: RunningMock, config: string | undefined): string {
  const { library, url, world } = mock;
  const bold = (text: string): string => styleText("bold", text, { stream: process.stdout });
  const operations = Object.entries(countBy(library, (entry) => entry.operation));
  const origins = Object.entries(countBy(library, (entry) => entry.origin)).map(
    ([origin, n]) => `${n} ${origin}`,
  );
  const width = Math.max(0, ...operations.map(([id]) => id.length));
  const skipped = library.otherGeneration.length;
  const key = world?.keys.find(isOrdinary)?.key ?? "sk-anything";
  const model = world?.models.find(({ type }) => type === "text-generation")?.id ?? "qwen3-coder";
  const lines = [
    `${bold("gatetape mock")} of OGL ${library.ogl} at ${bold(url)}`,
    ...(config === undefined ? [] : [`configured by ${config}`]),
    "",
    ...(world === undefined
      ? []
      : [`a world of ${count(world.models.length, "model")} and ${count(world.keys.length, "key")}`]),
    library.entries.length === 0
      ? "no cassettes: one short answer for each model"
      : `${library.entries.length} interactions (${origins.join(", ")}):`,
    ...operations.map(([id, n]) => `  ${id.padEnd(width)}  ${String(n).padStart(3)}`),
    ...(skipped > 0
      ? [
          "",
          `${skipped} ${skipped === 1 ? "cassette" : "cassettes"} of another OGL generation left out (--ogl chooses)`,
        ]
      : []),
    "",
    "Try:",
    ...curls(url, key, model).map((line) => `  ${line}`),
    "",
    `Point an OpenAI SDK at it${world === undefined ? " (any key will do)" : ""}:`,
    `  export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${key}`,
    "",
    "Ctrl-C stops it. gatetape mock --help has more.",
    "",
    "",
  ];
  return lines.join("\n");
}

/** A key that gets answers. */
function isOrdinary({ models, limits, budget, expired, deleted, master }: WorldKey): boolean {
  return !models && !limits && budget !== 0 && !expired && !deleted && !master;
}

/** Lines that can be pasted into a shell; the bundled library answers each. */
function curls(url: string, key: string, model: string): string[] {
  const post = `-H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json'`;
  const question = `"model":"${model}","messages":[{"role":"user","content":"Quelle est la capitale de la France ?"}]`;
  return [
    `curl ${url}/v1/models -H 'Authorization: Bearer ${key}'`,
    `curl ${url}/v1/chat/completions ${post} -d '{${question}}'`,
    `curl -N ${url}/v1/chat/completions ${post} -d '{${question},"stream":true}'`,
  ];
}

function printReload({ library }: RunningMock, error: CassetteError | undefined): void {
  if (error === undefined)
    process.stderr.write(`gatetape: ${count(library.entries.length, "interaction")} loaded anew\n`);
  else
    process.stderr.write(
      `gatetape: ${error.message}\ngatetape: the cassettes from before that edit stay in place\n`,
    );
}

function printTrace({ request, session, answer, delivery, ms }: Trace): void {
  const status = answer.script.head?.status ?? "---";
  const ended = delivery.ended === "complete" || delivery.ended === "close" ? "" : ` [${delivery.ended}]`;
  const of = session === "" ? "" : ` (session ${session})`;
  process.stdout.write(
    `${request.method} ${request.target}${of} -> ${status} ${answer.by}${ended} ${ms.toFixed(0)} ms\n`,
  );
}

function printTraceJson({ request, session, operation, findings, answer, delivery, ms }: Trace): void {
  const line = {
    method: request.method,
    target: request.target,
    ...(session === "" ? {} : { session }),
    operation: operation ?? null,
    status: answer.script.head?.status ?? null,
    by: answer.by,
    findings,
    ended: delivery.ended,
    writes: delivery.writes,
    bytes: delivery.bytes,
    ms: Math.round(ms * 10) / 10,
  };
  process.stdout.write(`${JSON.stringify({ request: line })}\n`);
}

function countBy(
  library: Library,
  key: (entry: Library["entries"][number]) => string,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const entry of library.entries) counts.set(key(entry), (counts.get(key(entry)) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
