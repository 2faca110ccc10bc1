import { styleText } from "node:util";
import { type Library, isBundled } from "../../cassette/index.ts";
import { type DialectFacts, DIALECT_FACTS, type RunningMock } from "../../mock/index.ts";
import type { WorldKey } from "../../ogl/index.ts";
import type { Output } from "./io.ts";
import { count } from "./words.ts";

/** More that the first output of the mock tells. */
export interface MockStart {
  /** Path of the configuration file. */
  readonly config: string | undefined;
  /** Token of the control API, if it was made up and other machines can connect: it is printed here alone. */
  readonly token: string | undefined;
}

/** Prints the first line of `--json`, for programs. */
export function readyLine(mock: RunningMock, { config, token }: MockStart): string {
  const { dialects, library, world } = mock;
  return JSON.stringify({
    ready: {
      url: mock.url,
      base: `${mock.url}/v1`,
      host: mock.host,
      port: mock.port,
      pid: process.pid,
      ogl: library.ogl,
      ...(dialects.length === 1 && dialects[0] === "ogl" ? {} : { dialects }),
      ...(token === undefined ? {} : { controlToken: token }),
      ...(config === undefined ? {} : { config }),
      ...(world === undefined
        ? {}
        : { world: { models: world.models.length, keys: world.keys?.length ?? 0 } }),
      interactions: library.entries.length,
      operations: countBy(library, (entry) => entry.operation),
      origins: countBy(library, (entry) => entry.origin),
    },
  });
}

/** Prints the start screen of the mock, for people. */
export function banner(mock: RunningMock, { config, token }: MockStart, stdout: Output): string {
  const { library, url, world } = mock;
  const bold = (text: string): string => styleText("bold", text, { stream: stdout });
  const others = mock.dialects.flatMap((name) => (name === "ogl" ? [] : [DIALECT_FACTS[name]]));
  const isOgl = mock.dialects.includes("ogl");
  const servers = [...(isOgl ? [`OGL ${library.ogl}`] : []), ...others.map(({ server }) => server)];
  const lines = [
    `${bold("gatetape mock")} of ${servers.join(" and ")} at ${bold(url)}`,
    ...(config === undefined ? [] : [`configured by ${config}`]),
    "",
    ...(world === undefined
      ? []
      : [
          `a world of ${count(world.models.length, "model")} and ${world.keys === undefined ? "any key" : count(world.keys.length, "key")}`,
        ]),
    ...(isOgl ? oglContents(library) : dialectContents(library)),
    "",
    "Try:",
    ...tries(mock, others, isOgl).map((line) => `  ${line}`),
    "",
    ...(isOgl
      ? [
          `Point an OpenAI SDK at it${world === undefined ? " (any key will do)" : ""}:`,
          `  export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${keyOf(world) ?? "sk-anything"}`,
        ]
      : ["Point a client at it:", ...others.map(({ settings }) => `  ${settings(url)}`)]),
    "",
    ...(token === undefined
      ? []
      : [
          `Other machines can connect to ${mock.host}. Their calls of the control API need this token:`,
          `  Authorization: Bearer ${token}`,
          "",
        ]),
    "Ctrl-C stops it. gatetape mock --help has more.",
    "",
    "",
  ];
  return lines.join("\n");
}

/** Lines on what the cassettes hold, for a mock of OGL. */
function oglContents(library: Library): string[] {
  const operations = Object.entries(countBy(library, (entry) => entry.operation));
  const origins = Object.entries(countBy(library, (entry) => entry.origin)).map(
    ([origin, n]) => `${n} ${origin}`,
  );
  const width = Math.max(0, ...operations.map(([id]) => id.length));
  const skipped = library.otherGeneration.length;
  return [
    library.entries.length === 0
      ? "no cassettes: every answer is synthesized"
      : `${library.entries.length} interactions (${origins.join(", ")}):`,
    ...operations.map(([id, n]) => `  ${id.padEnd(width)}  ${String(n).padStart(3)}`),
    ...(skipped > 0
      ? [
          "",
          `${skipped} ${skipped === 1 ? "cassette" : "cassettes"} of another OGL generation left out (--ogl chooses)`,
        ]
      : []),
  ];
}

/** Line on what the cassettes hold, for a mock that shows nothing of OGL: the bundled ones are OGL's. */
function dialectContents(library: Library): string[] {
  const own = library.entries.filter(({ file }) => !isBundled(file)).length;
  return [own === 0 ? "no cassettes of yours: every answer is synthesized" : `${own} interactions of yours`];
}

/** Lines of a shell that show the servers. */
function tries({ url, world }: RunningMock, others: readonly DialectFacts[], isOgl: boolean): string[] {
  const model = firstOfType(world, "text-generation") ?? "qwen3-coder";
  const vectors = firstOfType(world, "text-embeddings-inference") ?? "bge-m3";
  return [
    ...(isOgl ? curls(url, keyOf(world) ?? "sk-anything", model) : []),
    ...others.flatMap((dialect) => dialect.tries(url, model, vectors)),
  ];
}

function firstOfType(world: RunningMock["world"], wanted: string): string | undefined {
  return world?.models.find(({ type }) => type === wanted)?.id;
}

/** Key of the world that gets answers; `undefined` without a world or such a key. */
export function keyOf(world: RunningMock["world"]): string | undefined {
  return world?.keys?.find(isOrdinary)?.key;
}

function isOrdinary({ models, limits, budget, expired, deleted, master }: WorldKey): boolean {
  return !models && !limits && budget !== 0 && !expired && !deleted && !master;
}

/** Shell lines to paste; the bundled library answers each of them. */
function curls(url: string, key: string, model: string): string[] {
  const post = `-H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json'`;
  const question = `"model":"${model}","messages":[{"role":"user","content":"Quelle est la capitale de la France ?"}]`;
  return [
    `curl ${url}/v1/models -H 'Authorization: Bearer ${key}'`,
    `curl ${url}/v1/chat/completions ${post} -d '{${question}}'`,
    `curl -N ${url}/v1/chat/completions ${post} -d '{${question},"stream":true}'`,
  ];
}

function countBy(
  library: Library,
  key: (entry: Library["entries"][number]) => string,
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const entry of library.entries) counts.set(key(entry), (counts.get(key(entry)) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
