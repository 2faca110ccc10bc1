import { styleText } from "node:util";
import type { Library } from "../../cassette/index.ts";
import type { RunningMock } from "../../mock/index.ts";
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
  const { library, world } = mock;
  return JSON.stringify({
    ready: {
      url: mock.url,
      base: `${mock.url}/v1`,
      host: mock.host,
      port: mock.port,
      pid: process.pid,
      ogl: library.ogl,
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
  const operations = Object.entries(countBy(library, (entry) => entry.operation));
  const origins = Object.entries(countBy(library, (entry) => entry.origin)).map(
    ([origin, n]) => `${n} ${origin}`,
  );
  const width = Math.max(0, ...operations.map(([id]) => id.length));
  const skipped = library.otherGeneration.length;
  const key = keyOf(world) ?? "sk-anything";
  const model = world?.models.find(({ type }) => type === "text-generation")?.id ?? "qwen3-coder";
  const lines = [
    `${bold("gatetape mock")} of OGL ${library.ogl} at ${bold(url)}`,
    ...(config === undefined ? [] : [`configured by ${config}`]),
    "",
    ...(world === undefined
      ? []
      : [
          `a world of ${count(world.models.length, "model")} and ${world.keys === undefined ? "any key" : count(world.keys.length, "key")}`,
        ]),
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
    "",
    "Try:",
    ...curls(url, key, model).map((line) => `  ${line}`),
    "",
    `Point an OpenAI SDK at it${world === undefined ? " (any key will do)" : ""}:`,
    `  export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=${key}`,
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
