import { expectedOf, requestBytes } from "./expected.ts";
import { type LoadResult, runLoad } from "./load.ts";
import { cpuMs, type ServerProcess } from "./processes.ts";
import { median, type Spread, spreadOf } from "./statistics.ts";
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
  /** The share of a core that the load generator used beside the mock and the baseline, the larger of both. */
  readonly generatorBusy: number;
}

/** Both servers under one workload in turn, so that what else the machine does meets both. */
export async function measureThroughput(
  workload: Workload,
  connections: number,
  servers: { readonly mock: ServerProcess; readonly baseline: ServerProcess },
  options: ThroughputOptions,
): Promise<ThroughputRow> {
  const expected = expectedOf(workload);
  const request = requestBytes(workload);
  const load = ({ port, pid }: ServerProcess, ms: number): Promise<LoadResult> => runLoad({ port, request, expected, connections, ms, cpuMs: () => cpuMs(pid) });

  await load(servers.mock, options.warmMs);
  await load(servers.baseline, options.warmMs);
  const mock: LoadResult[] = [];
  const baseline: LoadResult[] = [];
  for (let round = 0; round < options.rounds; round++) {
    mock.push(await load(servers.mock, options.roundMs));
    baseline.push(await load(servers.baseline, options.roundMs));
  }
  const ratio = (of: (result: LoadResult) => number): Spread => spreadOf(mock.map((result, i) => of(result) / of(baseline[i] as LoadResult)));
  return {
    workload: workload.id,
    connections,
    mock: figuresOf(mock),
    baseline: figuresOf(baseline),
    perSecondRatio: ratio(perSecond),
    cpuRatio: ratio(cpuMicros),
    generatorBusy: Math.max(...[mock, baseline].map((results) => median(results.map((result) => result.ownCpuMs / 1000 / result.seconds)))),
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
