import type { StartRow } from "./start.ts";
import type { Spread } from "./statistics.ts";
import type { ThroughputRow } from "./throughput.ts";

export interface BenchReport {
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  readonly throughput: readonly ThroughputRow[];
  readonly start: readonly StartRow[];
  /** Resident memory after all load, in MiB. */
  readonly memory: { readonly mock: number; readonly baseline: number } | undefined;
}

/** The figures as Markdown. */
export function toMarkdown(report: BenchReport): string {
  const { machine, throughput, start, memory } = report;
  const parts = [
    `Mock (validation, matching, world) to a plain node:http server. Node ${machine.node}, ${machine.cores} × ${machine.cpu}, loopback.`,
  ];
  if (throughput.length > 0) {
    const header = [
      "workload",
      "connections",
      "mock/s",
      "baseline/s",
      "ratio",
      "min..max",
      "CPU µs mock",
      "baseline",
      "ratio",
      "generator",
      "first chunk ms mock",
      "baseline",
      "busy mock",
      "baseline",
    ];
    parts.push(
      table(header, throughput.map(throughputCells)),
      "Ratios are mock to baseline, medians of the rounds. CPU is that of the process for one request. Busy: share of one core; far below 100 % at 64 connections, something else had the machine.",
    );
  }
  if (start.length > 0) {
    const header = ["start to first answer", "ms", "min..max", "ratio", "min..max", "CPU ms", "RSS MiB"];
    const cells = ({ name, ms, ratio, cpuMs, rssMib }: StartRow): string[] => [
      name,
      fixed(ms.median, 0),
      range(ms, 0),
      fixed(ratio.median, 2),
      range(ratio, 2),
      fixed(cpuMs, 0),
      fixed(rssMib, 0),
    ];
    parts.push(table(header, start.map(cells)));
  }
  if (memory !== undefined)
    parts.push(
      `Memory (RSS) after all load: mock ${fixed(memory.mock, 0)} MiB, baseline ${fixed(memory.baseline, 0)} MiB.`,
    );
  return `${parts.join("\n\n")}\n`;
}

function throughputCells(row: ThroughputRow): string[] {
  const { mock, baseline } = row;
  return [
    row.workload,
    String(row.connections),
    fixed(mock.perSecond, 0),
    fixed(baseline.perSecond, 0),
    fixed(row.perSecondRatio.median, 2),
    range(row.perSecondRatio, 2),
    fixed(mock.cpuMicros, 0),
    fixed(baseline.cpuMicros, 0),
    fixed(row.cpuRatio.median, 2),
    fixed(row.generatorMicros, 0),
    fixed(mock.firstChunkMs, 2),
    fixed(baseline.firstChunkMs, 2),
    ...[mock.busy, baseline.busy].map((share) => `${fixed(share * 100, 0)} %`),
  ];
}

function range({ min, max }: Spread, digits: number): string {
  return `${fixed(min, digits)}..${fixed(max, digits)}`;
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** A table that is also readable as it stands: the first column to the left, figures to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
