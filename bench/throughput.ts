import { expectedOf, requestBytes } from "./expected.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { type ServerProcess, cpuMs } from "./processes.ts";
import { type Spread, median, spreadOf } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

export interface ThroughputOptions {
  readonly rounds: number;
  readonly roundMs: number;
  /** Before the counted rounds, of each server: its code gets optimised. */
  readonly warmMs: number;
}

/** The medians of one server under one workload. */
export interface ServerFigures {
  readonly perSecond: number;
  /** CPU time of the server's process for one request, in µs. */
  readonly cpuMicros: number;
  /** The share of a core that the server used. */
  readonly busy: number;
  readonly firstChunkMs?: number;
}

export interface ThroughputRow {
  readonly workload: string;
  readonly connections: number;
  readonly mock: ServerFigures;
  readonly baseline: ServerFigures;
  /** Mock to baseline, of the rounds that followed one another. */
  readonly perSecondRatio: Spread;
  readonly cpuRatio: Spread;
  /** CPU time of the load generator for one request, in µs: it must be well below the servers'. */
  readonly generatorMicros: number;
}

/**
 * Answers longer than this are read by a generator that may sleep: one that reads without a pause takes them in small
 * pieces, which costs both servers twice the CPU.
 */
const AWAKE_LIMIT = 100_000;

/** Both servers under one workload in turn, so that what else the machine does meets both. */
export async function measureThroughput(
  workload: Workload,
  connections: number,
  servers: { readonly mock: ServerProcess; readonly baseline: ServerProcess },
  options: ThroughputOptions,
): Promise<ThroughputRow> {
  const expected = expectedOf(workload);
  const request = requestBytes(workload);
  const small = expected.writes.reduce((sum, bytes) => sum + bytes.length, 0) < AWAKE_LIMIT;
  const load = ({ port, pid }: ServerProcess, ms: number, awake: boolean): Promise<LoadResult> =>
    runLoad({ port, request, expected, connections, ms, awake, cpuMs: () => cpuMs(pid) });

  await load(servers.mock, options.warmMs, false);
  const warm = await load(servers.baseline, options.warmMs, false);
  const mock: LoadResult[] = [];
  const baseline: LoadResult[] = [];
  for (let round = 0; round < options.rounds; round++) {
    mock.push(await load(servers.mock, options.roundMs, small));
    baseline.push(await load(servers.baseline, options.roundMs, small));
  }
  const ratio = (of: (result: LoadResult) => number): Spread =>
    spreadOf(mock.map((result, i) => of(result) / of(baseline[i] as LoadResult)));
  return {
    workload: workload.id,
    connections,
    mock: figuresOf(mock),
    baseline: figuresOf(baseline),
    perSecondRatio: ratio(perSecond),
    cpuRatio: ratio(cpuMicros),
    generatorMicros: (warm.ownCpuMs * 1000) / warm.requests,
  };
}

function figuresOf(results: readonly LoadResult[]): ServerFigures {
  const firstChunk = median(results.flatMap((result) => result.firstChunkMs));
  return {
    perSecond: median(results.map(perSecond)),
    cpuMicros: median(results.map(cpuMicros)),
    busy: median(results.map((result) => result.serverCpuMs / 1000 / result.seconds)),
    ...(Number.isNaN(firstChunk) ? {} : { firstChunkMs: firstChunk }),
  };
}

function perSecond({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

function cpuMicros({ requests, serverCpuMs }: LoadResult): number {
  return (serverCpuMs * 1000) / requests;
}
