import { globSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { findCassettes } from "../src/cassette/library/find.ts";
import { bundledLibrary } from "../src/cassette/library/library.ts";
import { type BenchFiles, writeFiles } from "./files.ts";
import { type BenchOptions, HELP, parseOptions } from "./options.ts";
import { rssMib, startServer } from "./processes.ts";
import { type BenchReport, toMarkdown } from "./report.ts";
import { type Subject, measureStart } from "./start.ts";
import { type ThroughputRow, measureThroughput } from "./throughput.ts";
import { WORKLOAD_IDS, type Workload, makeWorkload } from "./workloads.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const workloads = WORKLOAD_IDS.map(makeWorkload);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const program = options.mock ?? builtMock();
  using files = writeFiles(workloads);
  const report = await measure(options, files, program);
  process.stdout.write(toMarkdown(report));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

async function measure(options: BenchOptions, files: BenchFiles, program: string): Promise<BenchReport> {
  const baseline: Subject = { name: "baseline", args: files.baseline };
  const load = await underLoad(options, mockWith(program, "mock", files.cassettes), baseline);
  const start =
    options.starts === 0
      ? []
      : await measureStart(startSubjects(files, program, baseline), models(), options.starts);
  const [cpu] = cpus();
  return {
    machine: { node: process.versions.node, cpu: cpu?.model ?? "?", cores: cpus().length },
    ...load,
    start,
  };
}

async function underLoad(
  options: BenchOptions,
  mock: Subject,
  plain: Subject,
): Promise<Pick<BenchReport, "throughput" | "memory">> {
  if (options.workloads.length === 0) return { throughput: [], memory: undefined };
  const profiling =
    options.cpuProfile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", options.cpuProfile];
  await using mockServer = await startServer(mock.name, [...profiling, ...mock.args]);
  await using baselineServer = await startServer(plain.name, plain.args);
  const servers = { mock: mockServer, baseline: baselineServer };
  const throughput: ThroughputRow[] = [];
  for (const workload of workloads.filter(({ id }) => options.workloads.includes(id))) {
    for (const connections of options.connections) {
      process.stderr.write(`${workload.id}, ${connections} connections\n`);
      throughput.push(await measureThroughput(workload, connections, servers, options));
    }
  }
  return { throughput, memory: { mock: rssMib(mockServer.pid), baseline: rssMib(baselineServer.pid) } };
}

/** The baseline first: the others are compared with it. */
function startSubjects(files: BenchFiles, program: string, baseline: Subject): Subject[] {
  process.stderr.write("start\n");
  const subjects = [
    baseline,
    mockWith(program, "mock, one cassette of 1 KB", files.oneCassette),
    mockWith(program, "mock, bench cassettes", files.cassettes),
  ];
  const bundled = bundledLibrary("0.4.5");
  if (globSync("**/*.cassette.json", { cwd: bundled }).length === 0)
    process.stderr.write("no bundled library: its start is not measured\n");
  else
    subjects.push(
      mockWith(program, `mock, bundled library (${findCassettes([bundled]).length} files)`, "bundled"),
    );
  return subjects;
}

function mockWith(program: string, name: string, cassettes: string): Subject {
  return {
    name,
    args: [
      program,
      "mock",
      "--port",
      "0",
      "--json",
      "--quiet",
      "--speed",
      "instant",
      "--ogl",
      "0.4.5",
      "--cassettes",
      cassettes,
    ],
  };
}

function models(): Workload {
  return workloads.find(({ id }) => id === "models.list") as Workload;
}

/** The mock as users get it; a build older than its sources is told, not made: the bench changes nothing. */
function builtMock(): string {
  const program = `${root}dist/cli/main.js`;
  const built = statSync(program, { throwIfNoEntry: false })?.mtimeMs;
  if (built === undefined) throw new Error("there is no dist/cli/main.js: run `npm run build` first");
  const newest = Math.max(
    ...globSync("src/**/*.{ts,json}", { cwd: root }).map((file) => statSync(`${root}${file}`).mtimeMs),
  );
  if (newest > built)
    process.stderr.write("src/ is newer than dist/: run `npm run build` to measure what is there now\n");
  return program;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
