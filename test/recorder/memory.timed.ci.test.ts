/**
 * Memory that recorder and worker, as built, take together over the largest answers that are recorded. `bench/memory.ts` measures
 * more of them.
 */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_MB, MEMORY_CASES } from "../../bench/memory-cases.ts";
import { type ServedProcess, serveProcess } from "../support/cli.ts";
import { HANG_MS } from "../support/limits.ts";
import { temporaryFolder } from "../support/tmp.ts";

const CASES = ["JSON text of 15 MB with an emoji", "JSON numbers of 10 MB, four at once"];
const SAMPLE_MS = 5;
/** Several exchanges of the largest size are sanitized and looked at, which is half a minute of work. */
const TAKES = { timeout: 4 * HANG_MS };

const folder = temporaryFolder("memory");

let upstream: http.Server;
let recorder: ServedProcess;
let port = 0;
let pids: number[];
let answer: (n: number) => Iterable<Buffer> = () => [Buffer.from("{}")];

beforeAll(async () => {
  upstream = http.createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/json" });
    for (const part of answer(Number(request.url?.split("/").at(-1)))) response.write(part);
    response.end();
  });
  await once(upstream.listen(0, "127.0.0.1"), "listening");
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const out = join(folder, "large.cassette.json");
  recorder = serveProcess(["record", "--upstream", to, "--out", out, "--port", "0", "--json"]);
  const line = await recorder.line((one) => one.startsWith('{"ready"'));
  const { ready } = JSON.parse(line) as { ready: { url: string; pid: number } };
  port = Number(new URL(ready.url).port);
  const lock = readFileSync(join(folder, "large.recording-log.lock"), "utf8");
  pids = [ready.pid, (JSON.parse(lock) as { pid: number }).pid];
});
afterAll(async () => {
  // 1, as all of it together is more than a cassette may have.
  expect(await recorder.stop()).toBe(1);
  upstream.close();
});

/** MB of both processes at this moment. */
function megabytes(): number {
  const kib = pids.map(
    (pid) => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1],
  );
  return kib.reduce((sum, one) => sum + (Number(one) * 1024) / 1e6, 0);
}

/** Asks, and reads the answer. */
async function ask(n: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/x/${n}`);
  await response.arrayBuffer();
}

const recorded = (): number => recorder.lines.filter((line) => line.startsWith('{"event":"recorded"')).length;

it.runIf(existsSync("/proc/self/status"))("stays within what docs/record.md promises", TAKES, async () => {
  await ask(0);
  await recorder.line(() => recorded() === 1);
  const idle = megabytes();
  let asked = 1;
  for (const name of CASES) {
    const { count, answer: make } = MEMORY_CASES[name] ?? { count: 0, answer: undefined };
    if (make === undefined) throw new Error(`there is no case ${name}`);
    answer = (n) => make(n).body();
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, megabytes())), SAMPLE_MS);
    await Promise.all(Array.from({ length: count }, (_, i) => ask(asked + i)));
    asked += count;
    await recorder.line(() => recorded() === asked);
    clearInterval(timer);
    console.log(`${name}: ${Math.round(peak)} MB, idle ${Math.round(idle)} MB`);
    expect(peak).toBeGreaterThan(idle);
    expect(peak).toBeLessThan(MAX_MB);
  }
});
