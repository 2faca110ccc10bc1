/** Streams at the pace of a model, many at once: how late their chunks come, and whether they get later and later. */
import { mkdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { requestBytes } from "./expected.ts";
import { answerOf, writeAnswers, writeCassette } from "./files.ts";
import { type Setting, startAll } from "./groups.ts";
import { cpuMs, rssMib } from "./processes.ts";
import { median, percentile } from "./statistics.ts";
import { mockWith } from "./subjects.ts";
import type { ServerName } from "./throughput.ts";
import { CHUNKS, streamWorkload } from "./workloads.ts";

const STREAMS = 1000;
export const EVERY_MS = 100;
/** Streams begin one after the other over so many steps of the pace: their chunks are spread evenly over it. */
const RAMP_STEPS = 10;
/** Of so many chunks at the end, and at the beginning, the drift is made. */
const DRIFT_CHUNKS = 10;

export interface PacedFigures {
  /** How late chunks came after the first one of their stream, in ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
  /** By how much a chunk is later than the one before, in ms, on average. */
  readonly driftMs: number;
  readonly firstChunkMs: number;
  readonly cpuMs: number;
  readonly rssMib: number;
}

export interface PacedRow {
  readonly name: ServerName;
  readonly figures: PacedFigures;
}

/** So many runs of each server in turn; the median of each figure. */
export async function measurePaced(setting: Setting, runs: number): Promise<PacedRow[]> {
  if (!setting.wants("paced")) return [];
  const workload = streamWorkload(`stream of ${CHUNKS}`, EVERY_MS);
  const { folder, baseline } = setting.files;
  const cassettes = join(folder, "paced");
  mkdirSync(cassettes, { recursive: true });
  writeCassette(cassettes, workload, "bench: paced");
  const answers = writeAnswers(folder, "paced", [answerOf(workload, EVERY_MS)]);
  const { aimock } = setting;
  await using servers = await startAll({
    gatetape: mockWith(setting.program, cassettes, "--speed", "original"),
    node: { name: "node:http", args: [baseline[0], answers] },
    ...(aimock === undefined ? {} : { aimock: aimock(EVERY_MS) }),
  });
  const found = new Map<ServerName, PacedFigures[]>(servers.list.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const { name, server } of servers.list) {
      process.stderr.write(`paced, ${name}\n`);
      const before = cpuMs(server.pid);
      const streams = await manyStreams(server.port, requestBytes(workload));
      const lateness = latenessOf(streams);
      found.get(name)?.push({ ...lateness, cpuMs: cpuMs(server.pid) - before, rssMib: rssMib(server.pid) });
    }
  }
  return servers.list.map(({ name }) => ({ name, figures: medians(found.get(name) ?? []) }));
}

interface PacedStream {
  readonly askedAt: number;
  /** When each read came. */
  readonly at: readonly number[];
}

function manyStreams(port: number, request: Buffer): Promise<PacedStream[]> {
  const step = (RAMP_STEPS * EVERY_MS) / STREAMS;
  const from = performance.now();
  return Promise.all(
    Array.from({ length: STREAMS }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + i * step - performance.now())));
      return oneStream(port, request);
    }),
  );
}

function oneStream(port: number, request: Buffer): Promise<PacedStream> {
  return new Promise((resolve, reject) => {
    const at: number[] = [];
    let askedAt = 0;
    let tail = "";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("connect", () => {
      askedAt = performance.now();
      socket.write(request);
    });
    socket.on("data", (bytes: Buffer) => {
      // A head that comes by itself is not a chunk, nor is the end of the framing.
      const text = bytes.toString("latin1");
      if (text.includes("data: {")) at.push(performance.now());
      tail = (tail + text).slice(-5);
      if (tail === "0\r\n\r\n") {
        socket.destroy();
        resolve({ askedAt, at });
      }
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("a paced stream was closed before its end")));
  });
}

function latenessOf(streams: readonly PacedStream[]): Omit<PacedFigures, "cpuMs" | "rssMib"> {
  const late = streams.map(({ at }) => at.map((time, k) => time - (at[0] as number) - k * EVERY_MS));
  const all = late.flatMap((one) => one.slice(1));
  const drifts = late.map(
    (one) =>
      (mean(one.slice(-DRIFT_CHUNKS)) - mean(one.slice(1, DRIFT_CHUNKS + 1))) /
      (one.length - 1 - DRIFT_CHUNKS),
  );
  return {
    medianMs: median(all),
    p99Ms: percentile(all, 0.99),
    driftMs: mean(drifts),
    firstChunkMs: median(streams.map(({ askedAt, at }) => (at[0] as number) - askedAt)),
  };
}

function medians(runs: readonly PacedFigures[]): PacedFigures {
  const of = (key: keyof PacedFigures): number => median(runs.map((run) => run[key]));
  return {
    medianMs: of("medianMs"),
    p99Ms: of("p99Ms"),
    driftMs: of("driftMs"),
    firstChunkMs: of("firstChunkMs"),
    cpuMs: of("cpuMs"),
    rssMib: of("rssMib"),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
