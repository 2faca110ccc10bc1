/** Runs of gatetape over planted secrets: what it writes and prints is searched for them. */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatetape } from "../../support/cli.ts";
import { cassetteOf, fitsHar, harOf, lineOf } from "./exchange.ts";
import { findIn } from "./find.ts";
import { type Plant, plants, sentOf } from "./plant.ts";
import { recordAll } from "./record.ts";

export const WAYS = ["import", "har", "scrub", "record"] as const;
/** `import` is of JSON Lines, `har` is the import of a HAR, `scrub` is of cassettes written by hand. */
export type Way = (typeof WAYS)[number];

/** What became of a plant: it was refused where gatetape ended with an error for its exchange alone. */
export type Fate = "gone" | "withheld" | "refused" | "left";

export interface Outcome {
  readonly plant: Plant;
  readonly fate: Fate;
  /** Where it was found, and what stands around it. */
  readonly example?: string;
}

export interface RunOptions {
  readonly through: Way;
  readonly seed: number;
  readonly rounds?: number;
  /** Part of a round, from 0 to 1. */
  readonly share?: number;
}

/** Exchanges in one file, or in one run of the recorder. */
const BATCH: Readonly<Record<Way, number>> = { import: 60, har: 60, scrub: 60, record: 50 };

/** Runs gatetape over the plants of a seed. */
export function plantedLeaks(options: RunOptions): Promise<Outcome[]> {
  const { through, seed, rounds = 1, share = 1 } = options;
  return leaksOf(through, plants(seed, rounds, share));
}

/** Runs gatetape over these plants. */
export async function leaksOf(through: Way, all: readonly Plant[]): Promise<Outcome[]> {
  const planted = through === "har" ? all.filter(({ exchange }) => fitsHar(exchange)) : all;
  const result: Outcome[] = [];
  for (let at = 0; at < planted.length; at += BATCH[through])
    result.push(...(await batch(through, planted.slice(at, at + BATCH[through]))));
  return result;
}

/** Runs a batch; if gatetape refuses it as a whole, halves of it, so that one exchange does not hide the others. */
async function batch(through: Way, planted: readonly Plant[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-planted-"));
  try {
    const { printed, refused } = await STEPS[through](folder, planted);
    if (refused && planted.length > 1) {
      const half = Math.ceil(planted.length / 2);
      return [
        ...(await batch(through, planted.slice(0, half))),
        ...(await batch(through, planted.slice(half))),
      ];
    }
    const out = join(folder, "out");
    const read = await gatetape(["cassette", "lint", out]);
    const check = await gatetape(["cassette", "scrub", "--check", "--no-config", out]);
    const texts: (readonly [where: string, text: string | Buffer])[] = [
      ...filesOf(out).map((file) => [file.slice(out.length + 1), readFileSync(file)] as const),
      ["stdout and stderr", printed],
      ["lint and scrub --check", read.stdout + read.stderr + check.stdout + check.stderr],
    ];
    const found = texts.flatMap(([where, text]) => findIn(text, planted).map((one) => ({ ...one, where })));
    const kept = texts
      .flatMap(([where, text]) => (where.endsWith(".cassette.json") ? [text] : []))
      .join("\n");
    return planted.map((plant) => {
      const hit = found.find(({ id }) => id === plant.id);
      if (hit) return { plant, fate: "left", example: `${hit.where}, ${hit.spelling}: ${hit.around}` };
      if (refused) return { plant, fate: "refused", example: printed.slice(0, 200) };
      return { plant, fate: new RegExp(`case=${plant.id}(?!-?\\w)`).test(kept) ? "gone" : "withheld" };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Step {
  readonly printed: string;
  readonly refused: boolean;
}

const STEPS: Readonly<Record<Way, (folder: string, planted: readonly Plant[]) => Promise<Step>>> = {
  import: (folder, planted) => {
    const file = join(folder, "in.jsonl");
    writeFileSync(
      file,
      sentOf(planted)
        .map(({ id, exchange }) => lineOf(id, exchange))
        .join("\n"),
    );
    return importFrom(folder, file);
  },
  har: (folder, planted) => {
    const file = join(folder, "in.har");
    writeFileSync(file, harOf(sentOf(planted).map(({ exchange }) => exchange)));
    return importFrom(folder, file);
  },
  scrub: async (folder, planted) => {
    mkdirSync(join(folder, "out"));
    const file = join(folder, "out", "planted.cassette.json");
    writeFileSync(file, cassetteOf(sentOf(planted).map(({ id, exchange }) => [id, exchange])));
    const { code, stdout, stderr } = await gatetape(["cassette", "scrub", "--no-config", file]);
    // 1: an interaction is left out.
    const refused = code !== 0 && code !== 1;
    if (refused) rmSync(file);
    return { printed: stdout + stderr, refused };
  },
  record: async (folder, planted) => ({
    printed: await recordAll(join(folder, "out", "planted.cassette.json"), sentOf(planted)),
    refused: false,
  }),
};

async function importFrom(folder: string, file: string): Promise<Step> {
  mkdirSync(join(folder, "out"));
  const out = join(folder, "out", "planted.cassette.json");
  const { code, stdout, stderr } = await gatetape(["cassette", "import", "--no-config", file, "--out", out]);
  return { printed: stdout + stderr, refused: code !== 0 && !statSync(out, { throwIfNoEntry: false }) };
}

const filesOf = (folder: string): string[] =>
  globSync(`${folder}/**/*`).filter((file) => statSync(file).isFile());
