/**
 * What a recorder costs: the same requests to the same server directly, through the smallest proxy of node:http, and
 * through `gatetape record` as built in dist/.
 *
 * Usage: node bench/record.ts [--quick] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import * as net from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { expectedOf, requestBytes } from "./expected.ts";
import { writeFiles } from "./files.ts";
import { runLoad } from "./load.ts";
import { type ServerProcess, cpuMs, rssMib, startServer } from "./processes.ts";
import { median } from "./statistics.ts";
import { type Workload, makeWorkload } from "./workloads.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({ options: { quick: { type: "boolean" }, json: { type: "string" } } });
const ROUNDS = values.quick ? 3 : 7;
const ROUND_MS = values.quick ? 300 : 900;
const STREAMS = values.quick ? 2000 : 10_000;
const CONNECTIONS = 8;

interface Ways {
  readonly direct: ServerProcess;
  readonly proxy: ServerProcess;
  readonly recorder: ServerProcess;
}
type Way = keyof Ways;
const WAYS: readonly Way[] = ["direct", "proxy", "recorder"];
type Figures = Record<Way, number>;

const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-record-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

async function between(name: string, direct: ServerProcess): Promise<Ways & AsyncDisposable> {
  const proxy = await startServer("proxy", [join(root, "bench/pass-through.ts"), String(direct.port)]);
  const recorder = await startServer("recorder", [
    join(root, "dist/cli/main.js"),
    "record",
    "--upstream",
    `http://127.0.0.1:${direct.port}`,
    "--out",
    join(folder, `${name}.cassette.json`),
    "--port",
    "0",
    "--json",
    "--quiet",
  ]);
  return {
    direct,
    proxy,
    recorder,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await recorder[Symbol.asyncDispose]();
    },
  };
}

/** Requests a second, each way in turn, so that what else the machine does meets all. */
async function throughput(workload: Workload, ways: Ways): Promise<Figures> {
  const results: Record<Way, number[]> = { direct: [], proxy: [], recorder: [] };
  for (let round = -1; round < ROUNDS; round++) {
    for (const way of WAYS) {
      const { port, pid } = ways[way];
      const result = await runLoad({
        port,
        requests: [requestBytes(workload)],
        expected: expectedOf(workload),
        connections: CONNECTIONS,
        ms: ROUND_MS,
        awake: false,
        cpuMs: () => cpuMs(pid),
      });
      if (round >= 0) results[way].push(result.requests / result.seconds);
    }
  }
  return perWay((way) => median(results[way]));
}

/** Of one stream at the pace of a model: ms from asking to the first byte, and µs from the writing of each chunk to its reading. */
function latency({ port }: ServerProcess): Promise<{ first: number; chunks: number[] }> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    const chunks: number[] = [];
    let first = 0;
    let requested = 0;
    socket.on("connect", () => {
      requested = performance.now();
      socket.write("GET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n");
    });
    socket.on("data", (bytes) => {
      const now = process.hrtime.bigint();
      if (first === 0) first = performance.now() - requested;
      for (const [, at] of bytes.toString("latin1").matchAll(/"at":(\d+)\}/g))
        chunks.push(Number(now - BigInt(at ?? 0)) / 1000);
      if (bytes.includes("0\r\n\r\n")) {
        socket.destroy();
        resolve({ first, chunks });
      }
    });
    socket.on("error", reject);
  });
}

async function latencies(ways: Ways): Promise<{ first: Figures; chunk: Figures; chunk99: Figures }> {
  const first: Record<Way, number[]> = { direct: [], proxy: [], recorder: [] };
  const chunks: Record<Way, number[]> = { direct: [], proxy: [], recorder: [] };
  for (let round = -2; round < ROUNDS; round++) {
    for (const way of WAYS) {
      const one = await latency(ways[way]);
      if (round < 0) continue;
      first[way].push(one.first);
      chunks[way].push(...one.chunks);
    }
  }
  const at = (list: readonly number[], share: number): number =>
    list.toSorted((a, b) => a - b)[Math.floor((list.length - 1) * share)] ?? Number.NaN;
  return {
    first: perWay((way) => median(first[way])),
    chunk: perWay((way) => at(chunks[way], 0.5)),
    chunk99: perWay((way) => at(chunks[way], 0.99)),
  };
}

/** Resident memory after so many streams, in MiB, ten times on the way. */
async function memory(workload: Workload, { recorder }: Ways): Promise<number[]> {
  const samples: number[] = [];
  let streams = 0;
  for (let part = 1; part <= 10; part++) {
    while (streams < (STREAMS * part) / 10) {
      const result = await runLoad({
        port: recorder.port,
        requests: [requestBytes(workload)],
        expected: expectedOf(workload),
        connections: CONNECTIONS,
        ms: 250,
        awake: false,
        cpuMs: () => cpuMs(recorder.pid),
      });
      streams += result.requests;
    }
    samples.push(rssMib(recorder.pid));
  }
  return samples;
}

function perWay(figure: (way: Way) => number): Figures {
  return { direct: figure("direct"), proxy: figure("proxy"), recorder: figure("recorder") };
}

function row(what: string, unit: string, { direct, proxy, recorder }: Figures, digits = 0): string {
  const shown = [direct, proxy, recorder].map((value) => value.toFixed(digits)).join(" | ");
  return `| ${what} (${unit}) | ${shown} | ${(recorder / proxy).toFixed(2)} |`;
}

async function main(): Promise<void> {
  const workloads = (["chat.create", "chat.stream"] as const).map(makeWorkload);
  using files = writeFiles(workloads);
  const lines = [
    `Node ${process.versions.node}, ${cpus().length} cores, ${CONNECTIONS} connections`,
    "",
    "| | direct | node:http proxy | recorder | recorder to proxy |",
    "|---|---|---|---|---|",
  ];
  const report: Record<string, unknown> = {};
  await using paced = await startServer("paced", [join(root, "bench/paced-server.ts")]);
  {
    await using ways = await between("paced", paced);
    const { first, chunk, chunk99 } = await latencies(ways);
    lines.push(
      row("first byte", "ms", first, 2),
      row("a chunk, median", "µs", chunk),
      row("a chunk, p99", "µs", chunk99),
    );
    Object.assign(report, { first, chunk, chunk99 });
  }
  await using origin = await startServer("origin", files.baseline);
  for (const workload of workloads) {
    await using ways = await between(workload.id, origin);
    const perSecond = await throughput(workload, ways);
    lines.push(row(workload.id, "a second", perSecond));
    report[workload.id] = perSecond;
  }
  const stream = workloads.at(-1) as Workload;
  await using ways = await between("memory", origin);
  const rss = await memory(stream, ways);
  report["rss"] = rss;
  lines.push(
    "",
    `Memory of the recorder over ${STREAMS} streams, in MiB: ${rss.map((mib) => mib.toFixed(0)).join(", ")}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
