/**
 * A mock, as built in dist/, under mixed traffic for a long time: recorded and made-up answers, documents, aborts, slow
 * readers, broken requests. Memory and descriptors are printed, and it fails if they grow beyond the rule in
 * `soak/growth.ts`, if a client gets an answer that may not come, or if the mock ends.
 *
 * Usage: node bench/soak.ts [--minutes N] [--json FILE] [--mock FILE]
 */
import { readdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { writeFiles } from "./files.ts";
import { workloads } from "./groups.ts";
import { type ServerProcess, rssMib, startServer } from "./processes.ts";
import { type Sample, type Soaked, DESCRIPTORS, MEMORY_FACTOR, MEMORY_MIB, grown } from "./soak/growth.ts";
import { KINDS, closeAgent } from "./soak/traffic.ts";
import { builtMock, mockWith } from "./subjects.ts";

const HELP = `Usage: node bench/soak.ts [--minutes N] [--json FILE] [--mock FILE]

Keeps a mock under mixed traffic, for 30 minutes if not told otherwise, and prints its memory and descriptors. It fails if in
the last third of the time memory is above ${MEMORY_FACTOR} times that of the second third and ${MEMORY_MIB} MiB more, or if ${DESCRIPTORS} descriptors more are open
after the traffic than before it.`;

const SAMPLES = 90;
const LINES = 18;
/** Time (ms) after the traffic until the mock has closed what was left of it: more than its 2 s of keep-alive. */
const CALM_MS = 6000;

interface Count {
  exchanges: number;
  readonly failures: string[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "30" },
      json: { type: "string" },
      mock: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error("--minutes: a number from 0 to 1440");
  using files = writeFiles(workloads);
  const args = ["--speed", "4x", "--fault", "chat.*=status:code=503~0.02"];
  await using server = await startServer(
    "gatetape",
    mockWith(values.mock ?? builtMock(), files.cassettes, ...args).args,
  );
  const { soaked, counts } = await soak(server, minutes * 60_000);
  const failures = [
    ...grown(soaked),
    ...[...counts].flatMap(([name, { exchanges, failures: all }]) => [
      ...(exchanges === 0 ? [`${name}: no exchange at all`] : []),
      ...all.slice(0, 3).map((text) => `${name}: ${text}${all.length > 3 ? ` (${all.length} like it)` : ""}`),
    ]),
  ];
  for (const [name, { exchanges }] of counts) process.stdout.write(`${name}: ${exchanges} exchanges\n`);
  process.stdout.write(failures.length === 0 ? "Nothing grew.\n" : `${failures.join("\n")}\n`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ ...soaked, failures }, null, 2)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

async function soak(
  server: ServerProcess,
  ms: number,
): Promise<{ soaked: Soaked; counts: ReadonlyMap<string, Count> }> {
  const from = performance.now();
  const sample = (): Sample => ({
    atSeconds: Math.round((performance.now() - from) / 1000),
    rssMib: rssMib(server.pid),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
  });
  const before = sample();
  print(before, "before");
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    samples.push(sample());
    if (samples.length % Math.ceil(SAMPLES / LINES) === 0) print(samples.at(-1) ?? before, "");
  }, ms / SAMPLES);
  const counts = new Map(KINDS.map(({ name }) => [name, { exchanges: 0, failures: [] as string[] }]));
  try {
    await Promise.all(
      KINDS.flatMap(({ name, clients, pauseMs, run }) =>
        Array.from({ length: clients }, async (_, client) => {
          const count = counts.get(name) as Count;
          for (let n = client; performance.now() < from + ms; n += clients) {
            await run(server.port, n).then(
              () => count.exchanges++,
              (error: Error) => count.failures.push(error.message),
            );
            await after(pauseMs);
          }
        }),
      ),
    );
  } finally {
    clearInterval(timer);
    closeAgent();
  }
  await after(CALM_MS);
  const calm = sample();
  print(calm, "after");
  return { soaked: { samples, before, after: calm }, counts };
}

function print({ atSeconds, rssMib: rss, descriptors }: Sample, when: string): void {
  process.stdout.write(
    `${String(atSeconds).padStart(6)} s ${rss.toFixed(0).padStart(6)} MiB ${String(descriptors).padStart(5)} descriptors ${when}\n`,
  );
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`soak: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
