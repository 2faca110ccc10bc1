/**
 * Records exchanges that each bring a key, a cookie and an address that were never seen before, and prints the median time
 * of each part of them. The last part must cost what the first does.
 *
 * Usage: node bench/fresh-secrets.ts [EXCHANGES]
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRecorder } from "../src/recorder/index.ts";

const PARTS = 10;

const exchanges = Number(process.argv[2] ?? 20_000);
const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-"));
const upstream = http.createServer((request, response) => {
  request.resume().on("end", () => {
    const address = `${randomBytes(6).toString("hex")}@mail.example.com`;
    const answer = `{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Write to ${address} ${"about the Loire ".repeat(20)}"},"finish_reason":"stop","logprobs":null}]}`;
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": answer.length,
      "set-cookie": `__cf_bm=${randomBytes(45).toString("base64url")}; path=/; HttpOnly`,
    });
    response.end(answer);
  });
});
await new Promise<void>((resolve) => void upstream.listen(0, "127.0.0.1", resolve));
const { port } = upstream.address() as AddressInfo;
const recorder = await startRecorder({
  upstream: `http://127.0.0.1:${port}`,
  out: join(folder, "fresh.cassette.json"),
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(n: number): Promise<void> {
  const body = `{"model":"m","messages":[{"role":"user","content":"question ${n}"}]}`;
  const headers = {
    "content-type": "application/json",
    "content-length": body.length,
    authorization: `Bearer sk-${randomBytes(30).toString("base64url")}`,
  };
  return new Promise((resolve, reject) => {
    http
      .request(`${recorder.baseUrl}/chat/completions`, { method: "POST", headers, agent }, (response) => {
        response.resume().on("end", resolve);
      })
      .on("error", reject)
      .end(body);
  });
}

const size = Math.ceil(exchanges / PARTS);
for (let part = 0; part < PARTS; part++) {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let n = 0; n < size; n++) {
    const began = performance.now();
    await ask(part * size + n);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const [median, slow] = [times[size >> 1] as number, times[Math.floor(size * 0.99)] as number];
  const cpu = process.cpuUsage(before);
  const each = (cpu.user + cpu.system) / 1000 / size;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.log(
    `${part * size + 1} to ${(part + 1) * size}: median ${median.toFixed(2)} ms, 99 % within ${slow.toFixed(2)} ms, ${each.toFixed(2)} ms of CPU each, ${memory} MiB`,
  );
}
agent.destroy();
const began = performance.now();
const { stats, lost } = await recorder.finish();
console.log(
  `${stats.recorded} recorded, ${stats.replaced} secrets replaced, ${lost} lost; written in ${Math.round(performance.now() - began)} ms`,
);
upstream.close();
rmSync(folder, { recursive: true });
