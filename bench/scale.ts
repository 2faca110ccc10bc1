/**
 * What large libraries cost: CPU time to load them, to find an interaction, to miss one and to name the nearest, and to play one of a
 * validated file for the first time. Each size is loaded in a process of its own; the sizes take turns, and medians are shown.
 *
 * Usage: node bench/scale.ts [--rounds N] [--json FILE] [--against FOLDER]
 * `--against` measures the sources of another checkout beside these.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SCALE_CASES } from "./scale-cases.ts";
import { median } from "./statistics.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Figures of one process: milliseconds of its CPU, and MiB. */
interface Figures {
  readonly load: number;
  readonly hit: number;
  readonly miss: number;
  readonly nearest: number;
  readonly rss: number;
}

interface Row extends Figures {
  readonly name: string;
  readonly sources: string;
}

function measured(sources: string, folder: string): Figures {
  const probe = join(root, "bench/scale-probe.ts");
  return JSON.parse(
    execFileSync(process.execPath, [probe, sources, folder], { encoding: "utf8" }),
  ) as Figures;
}

function measure(rounds: number, against: string | undefined): Row[] {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-bench-scale-"));
  try {
    const cases = SCALE_CASES.map(({ name, cassette }, i) => {
      const own = join(folder, String(i));
      mkdirSync(own);
      writeFileSync(join(own, "a.cassette.json"), cassette());
      return { name, own };
    });
    const subjects = cases.flatMap((one) =>
      (against === undefined ? [root] : [resolve(against), root]).map((sources) => ({
        ...one,
        sources,
        figures: [] as Figures[],
      })),
    );
    for (let round = 0; round < rounds; round++)
      for (const { sources, own, figures } of subjects) figures.push(measured(sources, own));
    return subjects.map(({ name, sources, figures }) => {
      const middle = (of: (one: Figures) => number): number => median(figures.map(of));
      return {
        name,
        sources: sources === root ? "this" : "other",
        load: middle(({ load }) => load),
        hit: middle(({ hit }) => hit),
        miss: middle(({ miss }) => miss),
        nearest: middle(({ nearest }) => nearest),
        rss: middle(({ rss }) => rss),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function markdown(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, sources, load, hit, miss, nearest, rss }) =>
      `| ${name} | ${sources} | ${load.toFixed(0)} | ${hit.toFixed(4)} | ${miss.toFixed(4)} | ${nearest.toFixed(2)} | ${rss.toFixed(0)} |`,
  );
  return [
    "CPU in ms. The load is that beyond a library of one interaction.",
    "",
    "| library | sources | load | hit | miss | nearest | RSS (MiB) |",
    "|---|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
    against: { type: "string" },
  },
});
const rows = measure(Number(values.rounds), values.against);
process.stdout.write(markdown(rows));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
