/**
 * Peaks of the memory (RSS) of a recorder and its worker, as built in dist/, over exchanges that are large, endless,
 * compressed or many. It fails if they take more at one time than is promised.
 *
 * Usage: node bench/memory.ts [--busy N] [--json FILE] [CASE...]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type LargeAnswer, MAX_MB, MEMORY_CASES, type MemoryCase } from "./memory-cases.ts";
import { startServer } from "./processes.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-memory-"));
const SAMPLE_MS = 10;

/** Peaks in MiB. `sum` is the highest sum that was seen, `both` that of the highest of each. */
interface Peaks {
  readonly recorder: number;
  readonly worker: number;
  readonly both: number;
  readonly sum: number;
}

interface Row extends Peaks {
  readonly recorded: number;
  readonly notRecorded: number;
  readonly seconds: number;
}

function statusOf(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Watches a recorder and its worker until `stop` is called. */
function watch(recorder: number, worker: number): () => Peaks {
  let sum = 0;
  let [recorderPeak, workerPeak] = [0, 0];
  const look = (): void => {
    const now = statusOf(recorder, "VmRSS") + statusOf(worker, "VmRSS");
    if (now > sum) sum = now;
    recorderPeak = Math.max(recorderPeak, statusOf(recorder, "VmHWM") || 0);
    workerPeak = Math.max(workerPeak, statusOf(worker, "VmHWM") || 0);
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    look();
    clearInterval(timer);
    return { recorder: recorderPeak, worker: workerPeak, both: recorderPeak + workerPeak, sum };
  };
}

async function startUpstream(answer: (n: number) => LargeAnswer): Promise<http.Server> {
  const server = http.createServer(async (request, response) => {
    const { headers, body } = answer(Number(request.url?.split("/").at(-1)));
    request.resume();
    response.on("error", () => {});
    response.writeHead(200, headers);
    for (const part of body()) {
      if (response.destroyed) return;
      if (!response.write(part)) await writable(response);
    }
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Settled when a response takes more, or nothing any more. */
function writable(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

/** Asks and reads the answer, or as much of it as the client wants. */
function ask(
  port: number,
  n: number,
  { asked, leavesAfter = Number.POSITIVE_INFINITY }: LargeAnswer,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        port,
        host: "127.0.0.1",
        agent: false,
        method: asked === undefined ? "GET" : "POST",
        path: `/v1/x/${n}`,
        headers: { authorization: "Bearer sk-0123456789abcdef", "content-type": "application/json" },
      },
      (response) => {
        let got = 0;
        response.on("data", (bytes: Buffer) => {
          got += bytes.length;
          if (got > leavesAfter) request.destroy();
        });
        response.on("close", resolve);
      },
    );
    request.on("error", (error) => (leavesAfter === Number.POSITIVE_INFINITY ? reject(error) : resolve()));
    request.end(asked);
  });
}

async function run(name: string, one: MemoryCase): Promise<Row> {
  const server = await startUpstream((n) => one.answer(n));
  const { port } = server.address() as AddressInfo;
  const out = join(folder, `${name.replaceAll(/\W+/g, "-")}.cassette.json`);
  const started = performance.now();
  const recorder = await startServer("recorder", [
    join(root, "dist/cli/main.js"),
    "record",
    "--upstream",
    `http://127.0.0.1:${port}`,
    "--out",
    out,
    "--port",
    "0",
    "--json",
    "--quiet",
  ]);
  const lock = JSON.parse(
    readFileSync(`${out.replace(/\.cassette\.json$/, ".recording-log")}.lock`, "utf8"),
  ) as { pid: number };
  const stop = watch(recorder.pid, lock.pid);
  let next = 0;
  await Promise.all(
    Array.from({ length: one.clients }, async () => {
      while (next < one.count) {
        const n = next++;
        await ask(recorder.port, n, one.answer(n));
      }
    }),
  );
  await recorder[Symbol.asyncDispose]();
  const peaks = stop();
  server.close();
  server.closeAllConnections();
  let recorded = 0;
  try {
    recorded = (JSON.parse(readFileSync(out, "utf8")) as { interactions: unknown[] }).interactions.length;
  } catch {
    // nothing was recorded
  }
  rmSync(out, { force: true });
  return {
    ...peaks,
    recorded,
    notRecorded: one.count - recorded,
    seconds: (performance.now() - started) / 1000,
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "string" }, busy: { type: "string", default: "0" } },
  });
  const loops: ChildProcess[] = Array.from({ length: Number(values.busy) }, () =>
    spawn(process.execPath, ["-e", "for (;;);"]),
  );
  process.once("exit", () => {
    for (const loop of loops) loop.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const rows: Record<string, Row> = {};
  const problems: string[] = [];
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  write("| MiB | recorder | worker | together at most | at one time | recorded | seconds |");
  write("|---|---|---|---|---|---|---|");
  for (const [name, one] of Object.entries(MEMORY_CASES)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const row = await run(name, one);
    rows[name] = row;
    const figures = [row.recorder, row.worker, row.both, row.sum].map((mib) => mib.toFixed(0)).join(" | ");
    write(`| ${name} | ${figures} | ${row.recorded} of ${one.count} | ${row.seconds.toFixed(1)} |`);
    const most = (row.sum * 1024 ** 2) / 1e6;
    const { most: allowed = MAX_MB } = one;
    if (most > allowed) problems.push(`${name}: ${most.toFixed(0)} MB are over ${allowed} MB`);
    if (row.recorded !== one.recorded) problems.push(`${name}: ${one.recorded} have to be recorded`);
  }
  for (const loop of loops) loop.kill("SIGKILL");
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (problems.length > 0) throw new Error(problems.join("; "));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
