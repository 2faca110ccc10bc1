import { BenchConnection, type Window } from "./connection.ts";
import type { Expected } from "./expected.ts";

export interface LoadOptions {
  readonly port: number;
  /** Requests as they go over the wire, sent in turn. */
  readonly requests: readonly Buffer[];
  readonly expected: Expected;
  readonly connections: number;
  /** How long requests are counted. */
  readonly ms: number;
  /**
   * Never sleeps while it counts. Waking a sleeping peer is paid by the server that writes to it, 10 µs and more on a
   * virtual machine, and the slower server pays it more often: that would be measured instead of the servers.
   */
  readonly awake: boolean;
  /** Read when the counting starts and when it ends: the server's CPU time in ms. */
  readonly cpuMs: () => number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** CPU time of the server in the window, in ms. */
  readonly serverCpuMs: number;
  /** Of the load generator; says something only where it was not kept awake. */
  readonly ownCpuMs: number;
  /** From sending a request to the first byte of the answer's body, in ms; for streams only. */
  readonly firstChunkMs: readonly number[];
  /** From sending a request to the last byte of its answer, in ms; on one connection only. */
  readonly answerMs: readonly number[];
}

/** Connections that make no progress for so long have hung. */
const HANG_MS = 60_000;
/** All sockets read into this one: what comes is counted, not kept. */
const buffer = Buffer.allocUnsafe(256 * 1024);

/**
 * Requests over and over on some connections. The first answer on each is parsed and checked, and is not counted; of
 * the others the status and the number of bytes are checked.
 * @throws Error if an answer is not the expected one, or none comes
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { port, requests, expected } = options;
  const answerMs: number[] = [];
  const window: Window = {
    requests: 0,
    open: false,
    firstChunkMs: [],
    answerMs: options.connections === 1 ? answerMs : undefined,
  };
  let turn = 0;
  const next = (): Buffer => requests[turn++ % requests.length] as Buffer;
  const connections = Array.from(
    { length: options.connections },
    () => new BenchConnection({ port, next, expected, buffer, window }),
  );
  try {
    await inTime(connections.map((connection) => connection.first()));
    const startCpu = options.cpuMs();
    const startOwn = process.cpuUsage();
    const startedAt = performance.now();
    window.open = true;
    const stayAwake = (): void => {
      if (window.open) setImmediate(stayAwake);
    };
    if (options.awake) stayAwake();
    const ended = Promise.all(connections.map((connection) => connection.repeat()));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, options.ms))]);
    window.open = false;
    const own = process.cpuUsage(startOwn);
    const result = {
      requests: window.requests,
      seconds: (performance.now() - startedAt) / 1000,
      serverCpuMs: options.cpuMs() - startCpu,
      ownCpuMs: (own.user + own.system) / 1000,
      firstChunkMs: window.firstChunkMs,
      answerMs,
    };
    await inTime([ended]); // what is under way is let finish: the next round must not find its remains
    return result;
  } finally {
    for (const connection of connections) connection.destroy();
  }
}

async function inTime(promises: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${HANG_MS} ms`)), HANG_MS);
  });
  try {
    await Promise.race([Promise.all(promises), hang]);
  } finally {
    clearTimeout(timer);
  }
}
