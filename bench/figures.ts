/** Each number that has an aim, or that a later run is compared with. */
import type { PacedRow } from "./paced.ts";
import type { MemoryRow } from "./rss.ts";
import type { StartRow } from "./start.ts";
import type { LoadRow } from "./throughput.ts";

export interface BenchReport {
  /** The day, as in 2026-11-28. */
  readonly date: string;
  readonly version: string;
  readonly machine: {
    readonly node: string;
    readonly cpu: string;
    readonly cores: number;
    readonly system: string;
  };
  readonly quick: boolean;
  readonly load: readonly LoadRow[];
  readonly start: readonly StartRow[];
  readonly memory: readonly MemoryRow[];
  readonly paced: readonly PacedRow[];
}

export interface Figure {
  /** The row's id and the name of the figure. */
  readonly id: string;
  readonly row: string;
  readonly value: number;
  /** At least this, or at most. */
  readonly aim?: { readonly least: number } | { readonly most: number };
  /**
   * What is left of a committed figure, or what it may grow to, before a check fails, as a factor; left out for times
   * that say more of the machine's other work than of gatetape.
   */
  readonly bound?: { readonly least: number } | { readonly most: number };
}

/** Requests a second as a part of plain node:http's that a row has to reach. */
const RATIO_AIMS: Readonly<Record<string, number>> = {
  "recorded/chat.create": 1.2,
  "recorded/models.list": 1.2,
  "recorded/embeddings.one": 1.2,
  "recorded/embeddings.create": 0.95,
  "recorded/chat.stream": 3,
  "single/chat.create": 0.95,
  "single/models.list": 0.95,
  "single/embeddings.one": 0.95,
  "single/embeddings.create": 0.95,
  "single/chat.stream": 2,
};
const P99_AIM_MS = 3;
const FIRST_CHUNK_AIM = 1.1;
const START_AIMS: Readonly<Record<string, number>> = {
  "start/first": 2.2,
  "start/second": 1.6,
  "start/bundled": 1.6,
};
const VERSION_AIM_MS = 60;
const IDLE_AIM_MIB = 80;
const LOADED_AIM_MIB = 120;
const PACED_AIM_MS = 3;

/** Other work on a machine takes this much of a ratio, at worst. */
const RATIO_BOUND = { least: 0.5 };
/** CPU time is steadier: it does not count what others do, only what they do to the caches. */
const CPU_BOUND = { most: 1.6 };
const START_BOUND = { most: 1.7 };
const MEMORY_BOUND = { most: 1.35 };

export function figuresOf(report: BenchReport): Figure[] {
  return [
    ...report.load.flatMap(loadFigures),
    ...report.start.flatMap(startFigures),
    ...report.memory.filter(({ name }) => name === "gatetape").flatMap(memoryFigures),
    ...report.paced
      .filter(({ name }) => name === "gatetape")
      .map(({ figures }): Figure => figure("paced", "p99", figures.p99Ms, { aim: { most: PACED_AIM_MS } })),
  ];
}

function loadFigures({ id, group, servers: { gatetape, node } }: LoadRow): Figure[] {
  if (gatetape === undefined || node === undefined) return [];
  const aim = RATIO_AIMS[id];
  const figures = [
    figure(id, "ratio", gatetape.ratio.median, {
      bound: RATIO_BOUND,
      ...(aim === undefined ? {} : { aim: { least: aim } }),
    }),
    figure(id, "CPU ratio", gatetape.cpuMicros / node.cpuMicros, { bound: CPU_BOUND }),
  ];
  if (group !== "single") return figures;
  const { p99Ms = Number.NaN, firstChunkMs } = gatetape;
  return [
    ...figures,
    figure(id, "p99", p99Ms, { aim: { most: P99_AIM_MS } }),
    ...(firstChunkMs === undefined
      ? []
      : [
          figure(id, "first chunk", firstChunkMs / (node.firstChunkMs ?? Number.NaN), {
            aim: { most: FIRST_CHUNK_AIM },
          }),
        ]),
  ];
}

function startFigures({ id, ratio, more }: StartRow): Figure[] {
  const aim = START_AIMS[id];
  if (aim !== undefined)
    return [figure(id, "ratio", ratio.median, { aim: { most: aim }, bound: START_BOUND })];
  return id === "start/version" ? [figure(id, "more", more.median, { aim: { most: VERSION_AIM_MS } })] : [];
}

function memoryFigures({ idleMib, loadedMib }: MemoryRow): Figure[] {
  return [
    figure("memory", "idle", idleMib, { aim: { most: IDLE_AIM_MIB }, bound: MEMORY_BOUND }),
    figure("memory", "after load", loadedMib, { aim: { most: LOADED_AIM_MIB }, bound: MEMORY_BOUND }),
  ];
}

function figure(row: string, name: string, value: number, more: Pick<Figure, "aim" | "bound">): Figure {
  return { id: `${row} ${name}`, row, value, ...more };
}

/** True if a figure is within a limit. */
export function holds(value: number, limit: { readonly least: number } | { readonly most: number }): boolean {
  return "least" in limit ? value >= limit.least : value <= limit.most;
}

export interface Worse {
  readonly row: string;
  /** The figure, what it was, what it is, and what it may be. */
  readonly text: string;
}

/** The figures that have left the bounds around the committed ones. */
export function worseThan(committed: BenchReport, now: BenchReport): Worse[] {
  const before = new Map(figuresOf(committed).map(({ id, value }) => [id, value]));
  return figuresOf(now).flatMap(({ id, row, value, bound }) => {
    const was = before.get(id);
    if (was === undefined || bound === undefined) return [];
    const limit = "least" in bound ? { least: was * bound.least } : { most: was * bound.most };
    if (holds(value, limit)) return [];
    const allowed =
      "least" in limit ? `at least ${limit.least.toFixed(2)}` : `at most ${limit.most.toFixed(2)}`;
    return [{ row, text: `${id}: ${value.toFixed(2)}; committed ${was.toFixed(2)}, allowed ${allowed}` }];
  });
}
