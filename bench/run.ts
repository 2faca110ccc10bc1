import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { fileURLToPath } from "node:url";
import { installAimock } from "./aimock.ts";
import { type BenchReport, worseThan } from "./figures.ts";
import { type BenchFiles, writeFiles } from "./files.ts";
import { type Setting, measureLoad, workloads } from "./groups.ts";
import { type BenchOptions, HELP, parseOptions, ROW_IDS } from "./options.ts";
import { measurePaced } from "./paced.ts";
import { toMarkdown } from "./report.ts";
import { measureMemory } from "./rss.ts";
import { measureStart } from "./start.ts";
import { builtMock } from "./subjects.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const TABLE = `${root}bench/table.md`;
const FIGURES = `${root}bench/table.json`;
/** Rows that are compared with aimock. */
const BESIDE_AIMOCK = /^(?:recorded|single)\/|^paced$/;

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help || options.list) {
    process.stdout.write(`${options.help ? HELP : ROW_IDS.join("\n")}\n`);
    return;
  }
  const whole = options.only.length === 0 && !options.quick && !options.check && options.mock === undefined;
  // Read first: a check without a table fails at once.
  const committed = options.check ? (JSON.parse(readFileSync(FIGURES, "utf8")) as BenchReport) : undefined;
  using files = writeFiles(workloads);
  const report = await measure(options, files, (id) => chosen(options, id));
  process.stdout.write(toMarkdown(report));
  if (options.json !== undefined) writeFileSync(options.json, jsonOf(report));
  if (whole) {
    writeFileSync(TABLE, toMarkdown(report));
    writeFileSync(FIGURES, jsonOf(report));
  }
  if (committed !== undefined) await check(committed, report, options, files);
}

/** Fails if a row is outside its bounds twice: other work on the machine is no fault of gatetape. */
async function check(
  committed: BenchReport,
  report: BenchReport,
  options: BenchOptions,
  files: BenchFiles,
): Promise<void> {
  const rows = new Set(worseThan(committed, report).map(({ row }) => row));
  const again =
    rows.size === 0 ? [] : worseThan(committed, await measure(options, files, (id) => rows.has(id)));
  for (const { text } of again) process.stdout.write(`worse than the table of ${committed.date}: ${text}\n`);
  if (again.length > 0) process.exitCode = 1;
  else process.stdout.write(`Within the bounds of the table of ${committed.date}.\n`);
}

function chosen({ only }: BenchOptions, id: string): boolean {
  return only.length === 0 || only.some((text) => id.includes(text));
}

async function measure(
  options: BenchOptions,
  files: BenchFiles,
  wants: (id: string) => boolean,
): Promise<BenchReport> {
  const { cpuProfile, pace, starts, pacedRuns, memoryMs } = options;
  const beside = options.aimock && ROW_IDS.some((id) => BESIDE_AIMOCK.test(id) && wants(id));
  const setting: Setting = {
    program: options.mock ?? builtMock(),
    files,
    aimock: beside ? await installAimock() : undefined,
    profiling: cpuProfile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", cpuProfile],
    wants,
    pace,
  };
  const [cpu] = cpus();
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
  return {
    date: new Date().toISOString().slice(0, 10),
    version: `${version}${commit()}`,
    machine: {
      node: process.versions.node,
      cpu: cpu?.model.trim() ?? "?",
      cores: cpus().length,
      system: `${type()} ${release()}`,
    },
    quick: options.quick,
    load: await measureLoad(setting),
    start: await measureStart(setting, starts),
    memory: await measureMemory(setting, memoryMs),
    paced: await measurePaced(setting, pacedRuns),
  };
}

/** The commit, in parentheses; empty outside a clone. */
function commit(): string {
  try {
    const args = ["-C", root, "rev-parse", "--short", "HEAD"];
    return ` (${execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()})`;
  } catch {
    return "";
  }
}

function jsonOf(report: BenchReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
