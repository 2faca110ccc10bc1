import { readFileSync } from "node:fs";
import { SCENARIOS } from "../../src/suites/client/scenarios/all.ts";
import type { Result } from "../../src/suites/model/verdict.ts";
import { DISHONEST } from "../../test/mutants/dishonest.ts";
import { MUTANTS } from "../../test/mutants/mutants.ts";
import { ROOT } from "./installed.ts";
import { MEASURED, differencesOf } from "./measured.ts";
import { type Explained, FILES, type Row, type Table, resultOf } from "./table.ts";

/** The worst first. */
const COUNTED: readonly Result[] = [
  "hang",
  "fail",
  "warn",
  "tolerated",
  "inconclusive",
  "not-observable",
  "skipped",
  "pass",
];

/** The pages that are made of the tables. */
export function pagesOf(table: Table, explained: Explained): { file: string; text: string }[] {
  return [
    { file: FILES.page, text: verdictsPage(table, explained) },
    { file: FILES.matrix, text: killMatrix() },
  ];
}

/** The pages that do not say what is in the tables. */
export function stalePages(table: Table, explained: Explained): string[] {
  return pagesOf(table, explained)
    .filter(({ file, text }) => readFileSync(`${ROOT}/${file}`, "utf8") !== text)
    .map(({ file }) => file);
}

/** adapters/VERDICTS.md. */
function verdictsPage(table: Table, explained: Explained): string {
  return `${[
    "# Verdicts",
    "",
    "What `gatetape client` says of the clients behind the adapters of this folder. Made by `npm run verdicts`, from",
    "verdicts.json and explained.json; `npm run verdicts -- --check` plays all of it again and fails where a verdict has",
    `changed. ${Object.keys(table.scenarios).length} scenarios, OGL ${table.ogl}. What each result means: [docs/client.md](../docs/client.md).`,
    "",
    ...clients(table),
    "",
    "## What is no pass",
    "",
    "An empty cell is a pass; a scenario that all pass has no row. n/o: not to be observed.",
    "",
    ...cells(table),
    ...unstable(explained),
    ...differences(table, explained),
  ].join("\n")}\n`;
}

function clients({ scenarios, adapters }: Table): string[] {
  return [
    ...heading(["adapter", "client", "version", "runtime", "date", ...COUNTED]),
    ...Object.entries(adapters).map(([name, row]) => {
      const { client, date } = row;
      const about = [name, client.name, client.version, client.runtime ?? client.language ?? "", date];
      return line([...about, ...COUNTED.map((result) => countOf(row, scenarios, result))]);
    }),
  ];
}

function countOf({ verdicts }: Row, scenarios: Table["scenarios"], result: Result): string {
  const n = Object.keys(scenarios).filter((id) => resultOf(verdicts, id) === result).length;
  return n === 0 ? "" : `${n}`;
}

function cells({ scenarios, adapters }: Table): string[] {
  const rows = Object.entries(scenarios).filter(([id]) =>
    Object.values(adapters).some(({ verdicts }) => id in verdicts),
  );
  return [
    ...heading(["scenario", "level", ...Object.keys(adapters)]),
    ...rows.map(([id, level]) =>
      line([id, level, ...Object.values(adapters).map(({ verdicts }) => cell(verdicts[id]))]),
    ),
  ];
}

function cell(result: Result | undefined): string {
  if (result === "fail" || result === "hang") return `**${result}**`;
  return result === "not-observable" ? "n/o" : (result ?? "");
}

function unstable({ unstable: list }: Explained): string[] {
  if (list.length === 0) return [];
  return [
    "",
    "## Not the same in each run",
    "",
    ...heading(["scenario", "adapter", "results", "reason"]),
    ...list.map((one) => line([one.scenario, one.adapter, one.results.join(" or "), one.reason])),
  ];
}

function differences({ adapters }: Table, explained: Explained): string[] {
  const found = differencesOf(adapters);
  const cellsMeasured = MEASURED.flatMap(({ wrong = [], right = [] }) => [...wrong, ...right]).length;
  return [
    "",
    "## Where another measurement saw something else",
    "",
    `An independent measurement of 2026-11-21 says something by name of ${cellsMeasured} cells (scripts/verdicts/measured.ts);`,
    `in ${found.length} of them the verdict is another. The trace of each is a record that \`gatetape report merge\` reads.`,
    "",
    ...heading(["scenario", "adapter", "measured", "verdict", "who is right", "trace"]),
    ...found.map(({ scenario, adapter, saw }) => {
      const summary = explained.differences.find(
        (one) => one.scenario === scenario && one.adapters.includes(adapter),
      );
      const trace = traceName(adapter, scenario);
      return line([
        scenario,
        adapter,
        saw,
        resultOf(adapters[adapter]?.verdicts ?? {}, scenario),
        summary === undefined ? "" : `${summary.right}: ${summary.why}`,
        `[trace](traces/${trace})`,
      ]);
    }),
  ];
}

/** `openai-node.stream-stall-midway.ndjson`. */
export function traceName(adapter: string, scenario: string): string {
  return `${adapter}.${scenario.replaceAll("/", "-")}.ndjson`;
}

/** test/mutants/MATRIX.md. */
function killMatrix(): string {
  const mutants = Object.entries(MUTANTS);
  const kills = mutants.reduce((sum, [, { changes }]) => sum + Object.keys(changes).length, 0);
  return `${[
    "# Kill matrix",
    "",
    "Clients that are wrong on purpose, and the verdicts that each changes: exactly those, which kill-matrix.test.ts holds in each",
    "run. Made by `npm run verdicts`, from mutants.ts.",
    "",
    `${mutants.length} mutants, ${SCENARIOS.length} scenarios, ${kills} changed verdicts.`,
    "",
    ...heading(["mutant", "does", "changes"]),
    ...mutants.map(([name, { does, changes }]) => {
      const changed = Object.entries(changes).map(([id, result]) => `${id} ${result}`);
      return line([name, does, changed.join(", ")]);
    }),
    "",
    "## Clients that say nothing true",
    "",
    "Each makes the calls of the reference client and surfaces something else. These are the only scenarios that it passes:",
    "an error is right there, or only its requests are looked at.",
    "",
    ...heading(["client", "does", "passes"]),
    ...Object.entries(DISHONEST).map(([name, { does, passes }]) => line([name, does, passes.join(", ")])),
  ].join("\n")}\n`;
}

function heading(names: readonly string[]): string[] {
  return [line(names), `|${"---|".repeat(names.length)}`];
}

function line(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
}
