import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { rawRequest } from "../test/support/raw-request.ts";
import { requestBytes } from "./expected.ts";
import { writeCassette } from "./files.ts";
import type { Setting } from "./groups.ts";
import { cpuMs, rssMib, startServer } from "./processes.ts";
import { type Spread, median, spreadOf } from "./statistics.ts";
import { type Subject, mockWith } from "./subjects.ts";
import { makeWorkload } from "./workloads.ts";

export interface StartRow {
  readonly id: string;
  readonly title: string;
  /** From spawning it to the end of its first answer, or of the process, in ms. */
  readonly ms: Spread;
  /** To plain node:http's, of the runs that followed one another. */
  readonly ratio: Spread;
  /** By how much longer it takes, in ms. */
  readonly more: Spread;
  /** CPU time until then, in ms, and memory, in MiB; not known of a process that has ended. */
  readonly cpuMs?: number;
  readonly rssMib?: number;
}

export const START_ROW_IDS = ["start/first", "start/second", "start/bundled", "start/version"] as const;
/** On a busy machine there are fewer rounds than were asked for. */
const LIMIT_MS = 90_000;
const LEAST_ROUNDS = 3;
const ANSWER_TIMEOUT_MS = 60_000;

/**
 * How long each takes from being spawned to its first answer to `models.list`, one after the other, again and again. The
 * first round is not counted: it fills the caches of the disk and of compiled code.
 */
export async function measureStart(setting: Setting, repetitions: number): Promise<StartRow[]> {
  const { program, files, wants } = setting;
  const node: Start = { id: "start/node", title: "plain node:http", once: () => startOnce(plainOf(setting)) };
  const second = ownCassettes(files.folder, "second");
  let first = 0;
  const starts: Start[] = [
    {
      id: "start/first",
      title: "own cassettes, first start with them",
      // Each has a title of its own: nothing that is remembered of other cassettes fits it.
      once: () => startOnce(mockWith(program, ownCassettes(files.folder, `first ${first++}`))),
    },
    {
      id: "start/second",
      title: "own cassettes, later starts",
      once: () => startOnce(mockWith(program, second)),
    },
    { id: "start/bundled", title: "bundled library", once: () => startOnce(mockWith(program, "bundled")) },
  ];
  const ends: Start[] = [
    { id: "start/version", title: "gatetape --version", once: () => endOnce([program, "--version"]) },
  ];
  const chosen = starts.filter(({ id }) => wants(id));
  const empty: Start = { id: "start/empty", title: "node -e 0", once: () => endOnce(["-e", "0"]) };
  return [
    ...(chosen.length === 0 ? [] : await inRounds([node, ...chosen], repetitions)),
    ...(ends.some(({ id }) => wants(id)) ? await inRounds([empty, ...ends], repetitions) : []),
  ];
}

interface Sample {
  readonly ms: number;
  readonly cpuMs?: number;
  readonly rssMib?: number;
}

interface Start {
  readonly id: string;
  readonly title: string;
  readonly once: () => Promise<Sample>;
}

/** All in each round; the first of them is what the others are compared with. */
async function inRounds(starts: readonly Start[], repetitions: number): Promise<StartRow[]> {
  process.stderr.write(`${starts.map(({ id }) => id).join(", ")}\n`);
  const samples = starts.map(() => [] as Sample[]);
  const until = performance.now() + LIMIT_MS;
  for (let round = -1; round < repetitions; round++) {
    if (round >= LEAST_ROUNDS && performance.now() > until) break;
    for (let turn = 0; turn < starts.length; turn++) {
      const n = (turn + round + 1) % starts.length;
      const sample = await starts[n]?.once();
      if (round >= 0 && sample !== undefined) samples[n]?.push(sample);
    }
  }
  const [plain = []] = samples;
  return starts.map(({ id, title }, n) => {
    const own = samples[n] ?? [];
    const against = (of: (ms: number, plainMs: number) => number): Spread =>
      spreadOf(own.map(({ ms }, i) => of(ms, plain[i]?.ms ?? Number.NaN)));
    return {
      id,
      title,
      ms: spreadOf(own.map(({ ms }) => ms)),
      ratio: against((ms, plainMs) => ms / plainMs),
      more: against((ms, plainMs) => ms - plainMs),
      ...known("cpuMs", own),
      ...known("rssMib", own),
    };
  });
}

/** The median of a figure that the samples have; nothing where they have not: JSON has no NaN. */
function known(key: "cpuMs" | "rssMib", samples: readonly Sample[]): { readonly [k in typeof key]?: number } {
  const values = samples.flatMap((sample) => sample[key] ?? []);
  return values.length === 0 ? {} : { [key]: median(values) };
}

function plainOf({ files }: Setting): Subject {
  return { name: "node:http", args: files.baseline };
}

function ownCassettes(folder: string, name: string): string {
  const cassettes = join(folder, "starts", name);
  mkdirSync(cassettes, { recursive: true });
  for (const id of ["models.list", "chat.create", "chat.stream"] as const)
    writeCassette(cassettes, makeWorkload(id), `bench: ${id}, ${name}, ${process.pid} at ${Date.now()}`);
  return cassettes;
}

async function startOnce({ name, args }: Subject): Promise<Sample> {
  await using server = await startServer(name, args);
  const response = await rawRequest({
    host: "127.0.0.1",
    port: server.port,
    bytes: requestBytes(makeWorkload("models.list")),
    method: "GET",
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  const ms = performance.now() - server.spawnedAt;
  if (!response.complete || response.status !== 200)
    throw new Error(`${name}: the first answer is ${response.startLine || response.connection}`);
  return { ms, cpuMs: cpuMs(server.pid), rssMib: rssMib(server.pid) };
}

/** Runs Node until it ends. */
async function endOnce(args: readonly string[]): Promise<Sample> {
  const from = performance.now();
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with code ${code}`);
  return { ms: performance.now() - from };
}
