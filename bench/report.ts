import { type BenchReport, type Figure, figuresOf, holds } from "./figures.ts";
import { GROUPS, type GroupId } from "./groups.ts";
import { EVERY_MS, type PacedRow } from "./paced.ts";
import type { MemoryRow } from "./rss.ts";
import type { StartRow } from "./start.ts";
import { type Spread, median } from "./statistics.ts";
import { type LoadRow, SERVERS, type ServerName } from "./throughput.ts";

const ABOUT = `Ratio: requests a second as a part of plain node:http's in the same round, median (lowest..highest of the rounds). That server parses
each request's JSON and writes prepared buffers, one write for each event of a stream. CPU: time of the server's process for one request, in µs, over all
rounds. Servers take turns in each round, in an order that rotates. gatetape validates, matches, keeps its journal and its world's rules;
hono gives the same buffers by \`c.body\`; aimock gives answers of its own, of about the same size. Generator: the load generator's CPU time
for one request to plain node:http.`;

/** The figures as Markdown, made by `npm run bench`. */
export function toMarkdown(report: BenchReport): string {
  const { machine } = report;
  const figures = new Map(figuresOf(report).map((figure) => [figure.id, figure]));
  const parts = [
    `# Speed of gatetape ${report.version}`,
    `${report.date}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${machine.system}, loopback.${report.quick ? " **Quick: short rounds, not for comparison.**" : ""} Made by \`npm run bench\`; do not edit it by hand.`,
    `${ABOUT}${busyNote(report.load)}`,
    ...(Object.keys(GROUPS) as GroupId[]).flatMap((group) => loadPart(group, report.load, figures)),
    ...startPart(report.start, figures),
    ...memoryPart(report.memory, figures),
    ...pacedPart(report.paced, figures),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** How much of a core the servers got where they could have had all of it: less means that other work had the machine. */
function busyNote(rows: readonly LoadRow[]): string {
  const busy = rows
    .filter(({ connections }) => connections > 1)
    .flatMap(({ servers: { gatetape, node } }) => [gatetape?.busy ?? Number.NaN, node?.busy ?? Number.NaN]);
  if (busy.length === 0) return "";
  return ` With 64 connections a server had ${fixed(median(busy) * 100, 0)} % of a core (median of the rows): far below 100 %, other work had the machine.`;
}

type Figures = ReadonlyMap<string, Figure>;

function loadPart(group: GroupId, all: readonly LoadRow[], figures: Figures): string[] {
  const rows = all.filter((row) => row.group === group);
  if (rows.length === 0) return [];
  const servers = SERVERS.filter((name) => rows.some((row) => row.servers[name] !== undefined));
  const single = group === "single";
  // Made-up answers are far from prepared ones.
  const digits = group === "synthesizer" ? 3 : 2;
  const header = [
    "",
    "ratio",
    "min..max",
    ...(single || group === "recorded" ? ["aim"] : []),
    ...servers.filter(isPeer).map((name) => `${name} ratio`),
    ...servers.map((name) => `CPU µs ${name}`),
    "generator",
    ...(single ? ["p99 ms gatetape", "aim", "p99 ms node"] : []),
  ];
  const cells = rows.map(({ id, title, servers: found, generatorMicros }) => [
    title,
    fixed(found.gatetape?.ratio.median, digits),
    range(found.gatetape?.ratio, digits),
    ...(single || group === "recorded" ? [aimOf(figures, `${id} ratio`)] : []),
    ...servers.filter(isPeer).map((name) => fixed(found[name]?.ratio.median, 2)),
    ...servers.map((name) => fixed(found[name]?.cpuMicros, 1)),
    fixed(generatorMicros, 1),
    ...(single
      ? [fixed(found.gatetape?.p99Ms, 2), aimOf(figures, `${id} p99`), fixed(found.node?.p99Ms, 2)]
      : []),
  ]);
  return [`## ${GROUPS[group]}`, table(header, cells), ...(single ? firstChunkPart(rows, figures) : [])];
}

function isPeer(name: ServerName): boolean {
  return name === "hono" || name === "aimock";
}

function firstChunkPart(rows: readonly LoadRow[], figures: Figures): string[] {
  return rows.flatMap(({ id, title, servers: { gatetape, node, hono, aimock } }) => {
    const ratio = figures.get(`${id} first chunk`);
    if (ratio === undefined) return [];
    const peers = [gatetape, node, hono, aimock].map((server) => fixed(server?.firstChunkMs, 3));
    return table(
      ["", "ratio", "aim", "gatetape ms", "node ms", "hono ms", "aimock ms"],
      [[`first chunk, ${title}`, fixed(ratio.value, 2), aimOf(figures, ratio.id), ...peers]],
    );
  });
}

function startPart(rows: readonly StartRow[], figures: Figures): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ id, title, ms, ratio, more, cpuMs, rssMib }) => [
    title,
    fixed(ratio.median, 2),
    range(ratio, 2),
    aimOf(figures, `${id} ratio`),
    fixed(ms.median, 0),
    range(ms, 0),
    `${fixed(more.median, 0)}${id === "start/version" ? `, ${aimOf(figures, `${id} more`)}` : ""}`,
    fixed(cpuMs, 0),
    fixed(rssMib, 0),
  ]);
  const header = ["", "ratio", "min..max", "aim", "ms", "min..max", "ms more", "CPU ms", "MiB"];
  return [
    "## Start",
    "From spawning the process to the end of its first answer to `GET /v1/models`; of the last two, to the end of the process.",
    table(header, cells),
  ];
}

function memoryPart(rows: readonly MemoryRow[], figures: Figures): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ name, idleMib, loadedMib }) => {
    const aims =
      name === "gatetape" ? ["memory idle", "memory after load"].map((id) => aimOf(figures, id)) : ["", ""];
    return [name, fixed(idleMib, 0), aims[0] ?? "", fixed(loadedMib, 0), aims[1] ?? ""];
  });
  return [
    "## Memory",
    "Resident memory in MiB after the first answer, and after every recorded workload at 64 connections.",
    table(["", "idle", "aim", "after load", "aim"], cells),
  ];
}

function pacedPart(rows: readonly PacedRow[], figures: Figures): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ name, figures: f }) => [
    name,
    fixed(f.medianMs, 2),
    fixed(f.p99Ms, 2),
    name === "gatetape" ? aimOf(figures, "paced p99") : "",
    fixed(f.driftMs, 3),
    fixed(f.firstChunkMs, 2),
    fixed(f.cpuMs, 0),
    fixed(f.rssMib, 0),
  ]);
  const header = ["", "late ms, median", "p99", "aim", "drift ms a chunk", "first chunk ms", "CPU ms", "MiB"];
  return [
    `## 1,000 streams of 50 events at once, one every ${EVERY_MS} ms`,
    "How late a chunk comes after the first one of its stream; its drift is by how much more each is late than the one before.",
    table(header, cells),
  ];
}

/** The aim of a figure, and whether it is met; empty without one. */
function aimOf(figures: Figures, id: string): string {
  const figure = figures.get(id);
  if (figure?.aim === undefined) return "";
  const { aim } = figure;
  const text = "least" in aim ? `≥ ${aim.least}` : `≤ ${aim.most}`;
  return holds(figure.value, aim) ? text : `${text} missed`;
}

function range(spread: Spread | undefined, digits: number): string {
  return spread === undefined ? "–" : `${fixed(spread.min, digits)}..${fixed(spread.max, digits)}`;
}

function fixed(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** A table that is also readable as it stands: the first column to the left, figures to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, 3, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
