/**
 * Plays every adapter that is installed and writes what came of it: adapters/verdicts.json, adapters/VERDICTS.md, the traces
 * of the cells that another measurement saw differently, and the kill matrix of the mutants.
 * `--check` writes nothing and exits with 1 where a verdict is another than the committed one. Names of adapters restrict
 * it to those; `--pages` plays none and only makes the pages again.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { DEFAULT_OGL_VERSION } from "../src/openapi/document/versions.ts";
import { printLine } from "../src/report/formats.ts";
import { SCENARIOS } from "../src/suites/client/scenarios/all.ts";
import type { Result } from "../src/suites/model/verdict.ts";
import { type ListedAdapter, ROOT, isInstalled, listedAdapters } from "./verdicts/installed.ts";
import { differencesOf, explanationProblems } from "./verdicts/measured.ts";
import { pagesOf, stalePages, traceName } from "./verdicts/page.ts";
import { type AdapterRun, playAdapter, playAlone } from "./verdicts/play.ts";
import {
  type Change,
  FILES,
  type Row,
  type Table,
  changesOf,
  readExplained,
  readTable,
  resultOf,
  settled,
  writeText,
} from "./verdicts/table.ts";

/** Adapters at a time: most of a run is waiting, but what measures time must not wait for a processor. */
const AT_ONCE = 2;
const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith("--"));
const explained = readExplained();
const problems: string[] = [];

const chosen = listedAdapters().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const present = args.includes("--pages") ? [] : chosen.filter(isInstalled);
for (const adapter of chosen)
  if (!present.includes(adapter) && !args.includes("--pages"))
    console.log(`${adapter.name}: left out, it is not installed (it needs ${adapter.needs})`);
problems.push(
  ...wanted
    .filter((name) => !chosen.some((one) => one.name === name))
    .map((name) => `${name}: there is no such adapter`),
);

if (args.includes("--check")) await check();
else await write();
for (const problem of problems) console.log(problem);
console.log(problems.length === 0 ? "nothing is amiss" : `${problems.length} to be fixed`);
process.exitCode = problems.length === 0 ? 0 : 1;

async function check(): Promise<void> {
  const table = readTable();
  problems.push(...stale(table));
  await each(async (adapter) => {
    const row = table.adapters[adapter.name];
    if (row === undefined) {
      problems.push(`${adapter.name} has no verdicts yet: run npm run verdicts`);
      return;
    }
    const run = await played(adapter);
    if (run.client.version !== row.client.version)
      problems.push(`${adapter.name} is ${run.client.version}, the verdicts are of ${row.client.version}`);
    problems.push(
      ...(await confirmed(adapter, changesOf(adapter.name, row.verdicts, run.verdicts, explained))),
    );
  });
}

/** The changes that are there in a second run, alone; one that is not is told, and is no failure. */
async function confirmed(adapter: ListedAdapter, changes: readonly Change[]): Promise<string[]> {
  if (changes.length === 0) return [];
  const again = await playAlone(adapter, new Set(changes.map(({ scenario }) => scenario)));
  return changes.flatMap(({ scenario, was, is }) => {
    const second = again.verdicts[scenario] ?? "pass";
    const text = `${adapter.name} ${scenario}: was ${was}, is ${is}`;
    if (second !== was) return [`${text}, and ${second} when it was played alone`];
    console.log(`${text}, but ${second} when it was played alone`);
    return [];
  });
}

async function write(): Promise<void> {
  const table = SCENARIOS.every(({ id }) => id in readTable().scenarios) ? readTable() : emptied();
  const rows = new Map<string, Row>(Object.entries(table.adapters));
  const runs = new Map<string, AdapterRun>();
  await each(async (adapter) => {
    const run = await agreed(adapter);
    runs.set(adapter.name, run);
    const date = new Date().toISOString().slice(0, 10);
    rows.set(adapter.name, {
      client: run.client,
      date,
      verdicts: settled(adapter.name, run.verdicts, explained),
    });
  });
  const made = { ...emptied(), adapters: inOrder(rows) };
  writeText(FILES.table, `${JSON.stringify(made, null, 2)}\n`);
  for (const { file, text } of pagesOf(made, explained)) writeText(file, text);
  writeTraces(made, runs);
  problems.push(...explanationProblems(differencesOf(made.adapters), explained));
}

/**
 * Two runs that agree. Where they do not, something else took the time: the machine, or a call beside it in the same process.
 * Such cells are played alone, twice, and that is their verdict, if it is one.
 */
async function agreed(adapter: ListedAdapter): Promise<AdapterRun> {
  const first = await played(adapter);
  const second = await played(adapter);
  const shaky = new Set([
    ...changesOf(adapter.name, first.verdicts, second.verdicts, explained).map(({ scenario }) => scenario),
    ...Object.keys(first.verdicts).filter((id) => first.verdicts[id] === "inconclusive"),
  ]);
  if (shaky.size === 0) return first;
  console.log(`${adapter.name}: not the same twice, played alone: ${[...shaky].join(", ")}`);
  const alone = await playAlone(adapter, shaky);
  const again = await playAlone(adapter, shaky);
  for (const { scenario, was, is } of changesOf(adapter.name, alone.verdicts, again.verdicts, explained))
    problems.push(
      `${adapter.name} ${scenario} is not stable: ${was}, then ${is}; make it so, or add it to ${FILES.explained}`,
    );
  for (const [id, result] of Object.entries(alone.verdicts))
    if (result === "inconclusive")
      problems.push(`${adapter.name} ${id} is inconclusive: this machine is too late`);
  const verdicts: Record<string, Result> = {};
  for (const { id } of SCENARIOS) {
    const result = resultOf(shaky.has(id) ? alone.verdicts : first.verdicts, id);
    if (result !== "pass") verdicts[id] = result;
  }
  return { ...first, verdicts, lines: new Map([...first.lines, ...alone.lines]) };
}

/** Rows are in the order of adapters.json, and end with their adapter. */
function inOrder(rows: ReadonlyMap<string, Row>): Record<string, Row> {
  return Object.fromEntries(
    listedAdapters().flatMap(({ name }) => {
      const row = rows.get(name);
      return row === undefined ? [] : [[name, row]];
    }),
  );
}

function emptied(): Table {
  const scenarios = Object.fromEntries(SCENARIOS.map(({ id, level }) => [id, level]));
  return { ogl: DEFAULT_OGL_VERSION, scenarios, adapters: {} };
}

/** What the committed files lack, before anything is played. */
function stale(table: Table): string[] {
  const missing = SCENARIOS.filter(({ id, level }) => table.scenarios[id] !== level);
  return [
    ...stalePages(table, explained).map((file) => `${file} is not what npm run verdicts -- --pages makes`),
    ...missing.map(({ id }) => `${id} has no verdicts yet: run npm run verdicts`),
    ...explanationProblems(differencesOf(table.adapters), explained),
  ];
}

/** A trace for each cell that was measured differently; those of adapters that were not played now stay as they are. */
function writeTraces(table: Table, runs: ReadonlyMap<string, AdapterRun>): void {
  const folder = `${ROOT}/${FILES.traces}`;
  mkdirSync(folder, { recursive: true });
  const differences = differencesOf(table.adapters);
  const names = new Set(differences.map(({ adapter, scenario }) => traceName(adapter, scenario)));
  for (const file of readdirSync(folder)) if (!names.has(file)) rmSync(`${folder}/${file}`);
  for (const { adapter, scenario } of differences) {
    const lines = runs.get(adapter)?.lines.get(scenario);
    if (lines === undefined) continue;
    writeFileSync(`${folder}/${traceName(adapter, scenario)}`, lines.map(printLine).join(""));
  }
}

async function played(adapter: ListedAdapter): Promise<AdapterRun> {
  const run = await playAdapter(adapter, SCENARIOS);
  problems.push(...run.problems.map((problem) => `${adapter.name}: ${problem}`));
  const others = Object.keys(run.verdicts).length;
  console.log(
    `${adapter.name} ${run.client.version}: ${SCENARIOS.length - others} passes of ${SCENARIOS.length}, ${Math.round(run.ms / 1000)} s`,
  );
  return run;
}

async function each(work: (adapter: ListedAdapter) => Promise<void>): Promise<void> {
  const waiting = [...present];
  const worker = async (): Promise<void> => {
    for (let adapter = waiting.shift(); adapter !== undefined; adapter = waiting.shift()) {
      try {
        await work(adapter);
      } catch (error) {
        problems.push(`${adapter.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
