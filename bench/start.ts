import { rawRequest } from "../test/support/raw-request.ts";
import { requestBytes } from "./expected.ts";
import { cpuMs, rssMib, startServer } from "./processes.ts";
import { type Spread, median, spreadOf } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** A server to start: what it is called, and how Node is to be called. */
export interface Subject {
  readonly name: string;
  readonly args: readonly string[];
}

export interface StartRow {
  readonly name: string;
  /** From spawning it to the end of its first answer, in ms. */
  readonly ms: Spread;
  /** To the first subject's, of the runs that followed one another. */
  readonly ratio: Spread;
  /** CPU time until then, in ms, and memory, in MiB. */
  readonly cpuMs: number;
  readonly rssMib: number;
}

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * How long each subject takes from being spawned to its first answer to `models.list`, one after the other, again and
 * again. The first time is not counted: it fills the caches of the disk and of compiled code.
 */
export async function measureStart(
  subjects: readonly Subject[],
  models: Workload,
  repetitions: number,
): Promise<StartRow[]> {
  const request = requestBytes(models);
  const samples = subjects.map(() => [] as Sample[]);
  for (let i = -1; i < repetitions; i++) {
    for (const [n, subject] of subjects.entries()) {
      const sample = await startOnce(subject, request);
      if (i >= 0) samples[n]?.push(sample);
    }
  }
  const [first = []] = samples;
  return subjects.map(({ name }, n) => {
    const own = samples[n] as Sample[];
    return {
      name,
      ms: spreadOf(own.map((sample) => sample.ms)),
      ratio: spreadOf(own.map((sample, i) => sample.ms / (first[i] as Sample).ms)),
      cpuMs: median(own.map((sample) => sample.cpuMs)),
      rssMib: median(own.map((sample) => sample.rssMib)),
    };
  });
}

interface Sample {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMib: number;
}

async function startOnce({ name, args }: Subject, request: Buffer): Promise<Sample> {
  await using server = await startServer(name, args);
  const response = await rawRequest({
    host: "127.0.0.1",
    port: server.port,
    bytes: request,
    method: "GET",
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  const ms = performance.now() - server.spawnedAt;
  if (!response.complete || response.status !== 200)
    throw new Error(`${name}: the first answer is ${response.startLine || response.connection}`);
  return { ms, cpuMs: cpuMs(server.pid), rssMib: rssMib(server.pid) };
}
