import type { Task } from "./expected.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { type ServerProcess, cpuMs } from "./processes.ts";
import { type Spread, median, percentile, spreadOf } from "./statistics.ts";

/** The servers of the bench; `node` is what the others are compared with. */
export const SERVERS = ["gatetape", "node", "hono", "aimock"] as const;
export type ServerName = (typeof SERVERS)[number];

/** A server, and the task as it is for that server. */
export interface Runner {
  readonly name: ServerName;
  readonly server: ServerProcess;
  readonly task: Task;
}

export interface Pace {
  readonly rounds: number;
  readonly roundMs: number;
  /** Before the counted rounds, of each server: its code gets optimised. */
  readonly warmMs: number;
}

/** The figures of one server under one task. */
export interface ServerFigures {
  readonly perSecond: number;
  /** Requests a second as a part of plain node:http's, of the same round. */
  readonly ratio: Spread;
  /** CPU time of the server's process for one request, in µs, over all rounds. */
  readonly cpuMicros: number;
  /** The share of a core that the server used. */
  readonly busy: number;
  /** From sending a request to the first byte of the answer's body, in ms, median; of streams. */
  readonly firstChunkMs?: number;
  /** From sending a request to the end of its answer, in ms; on one connection. */
  readonly p99Ms?: number;
}

export interface LoadRow {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly connections: number;
  readonly servers: { readonly [name in ServerName]?: ServerFigures };
  /** CPU time of the load generator for one request to plain node:http, in µs: it has to be below that server's. */
  readonly generatorMicros: number;
}

/**
 * Answers longer than this are read by a generator that may sleep: one that reads without a pause takes them in small
 * pieces, which costs all servers twice the CPU.
 */
const AWAKE_LIMIT = 100_000;

/** All servers in each round, in an order that rotates, so that what else the machine does meets all alike. */
export async function measureThroughput(
  runners: readonly Runner[],
  connections: number,
  pace: Pace,
): Promise<Pick<LoadRow, "servers" | "generatorMicros">> {
  const load = async (
    { name, server: { port, pid }, task }: Runner,
    ms: number,
    awake: boolean,
  ): Promise<LoadResult> => {
    try {
      return await runLoad({ ...task, port, connections, ms, awake, cpuMs: () => cpuMs(pid) });
    } catch (error) {
      throw new Error(`${task.id}, ${connections} connections, ${name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  };
  const results = new Map<ServerName, LoadResult[]>(runners.map(({ name }) => [name, []]));
  let generatorMicros = Number.NaN;
  for (const runner of runners) {
    const { ownCpuMs, requests } = await load(runner, pace.warmMs, false);
    if (runner.name === "node") generatorMicros = (ownCpuMs * 1000) / requests;
  }
  for (let round = 0; round < pace.rounds; round++) {
    const first = round % runners.length;
    for (const runner of [...runners.slice(first), ...runners.slice(0, first)])
      results.get(runner.name)?.push(await load(runner, pace.roundMs, isSmall(runner.task)));
  }
  const plain = results.get("node") ?? [];
  const servers = Object.fromEntries(
    runners.map(({ name }) => [name, figuresOf(results.get(name) ?? [], plain)]),
  );
  return { servers, generatorMicros };
}

function isSmall({ expected: { writes = [] } }: Task): boolean {
  return writes.reduce((total, bytes) => total + bytes.length, 0) < AWAKE_LIMIT;
}

function figuresOf(results: readonly LoadResult[], plain: readonly LoadResult[]): ServerFigures {
  const firstChunks = results.flatMap((result) => result.firstChunkMs);
  const answers = results.flatMap((result) => result.answerMs);
  return {
    perSecond: median(results.map(perSecond)),
    ratio: spreadOf(results.map((result, i) => perSecond(result) / perSecond(plain[i] ?? result))),
    cpuMicros: (sum(results, "serverCpuMs") * 1000) / sum(results, "requests"),
    busy: sum(results, "serverCpuMs") / 1000 / sum(results, "seconds"),
    ...(firstChunks.length === 0 ? {} : { firstChunkMs: median(firstChunks) }),
    ...(answers.length === 0 ? {} : { p99Ms: percentile(answers, 0.99) }),
  };
}

function perSecond({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

function sum(results: readonly LoadResult[], key: "serverCpuMs" | "requests" | "seconds"): number {
  return results.reduce((total, result) => total + result[key], 0);
}
