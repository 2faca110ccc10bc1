/** Runs of gatetape over harmless texts: which come back changed, and which not at all. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatetape } from "../../support/cli.ts";
import { lineOf } from "../planted/exchange.ts";
import { recordAll } from "../planted/record.ts";
import { stringsOf } from "../planted/views.ts";
import { type Harmless, harmless } from "./exchanges.ts";

export const HARMLESS_WAYS = ["import", "record"] as const;
export type HarmlessWay = (typeof HARMLESS_WAYS)[number];

export interface HarmlessOutcome {
  readonly harmless: Harmless;
  /** `withheld`: the interaction is not in the cassette; also where gatetape refuses the exchange. */
  readonly fate: "kept" | "changed" | "withheld";
  /** The text that should have been there, and for `changed` the nearest one that is. */
  readonly example?: string;
}

/** Exchanges of one import or one recording. */
const BATCH = 100;

/** Runs gatetape over so many harmless exchanges. */
export async function harmlessOutcomes(
  through: HarmlessWay,
  seed: number,
  count: number,
): Promise<HarmlessOutcome[]> {
  const all = harmless(seed, count);
  const result: HarmlessOutcome[] = [];
  for (let at = 0; at < all.length; at += BATCH)
    result.push(...(await batchOutcomes(through, all.slice(at, at + BATCH))));
  return result;
}

/** Runs a batch; if gatetape refuses it as a whole, halves of it. */
async function batchOutcomes(through: HarmlessWay, batch: readonly Harmless[]): Promise<HarmlessOutcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "gatetape-harmless-"));
  try {
    const printed = await STEPS[through](folder, batch);
    const strings = interactionsOf(join(folder, "out", "harmless.cassette.json"));
    if (strings === undefined && batch.length > 1) {
      const half = Math.ceil(batch.length / 2);
      const [one, other] = [batch.slice(0, half), batch.slice(half)];
      return [...(await batchOutcomes(through, one)), ...(await batchOutcomes(through, other))];
    }
    return batch.map((one) => outcomeOf(one, strings?.get(one.id), strings === undefined ? printed : ""));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcomeOf(
  one: Harmless,
  strings: ReadonlySet<string> | undefined,
  printed: string,
): HarmlessOutcome {
  if (strings === undefined) {
    const said = JSON.stringify(one.texts.length === 1 ? one.texts[0] : one.texts);
    return { harmless: one, fate: "withheld", example: printed === "" ? said : `${said}: ${printed}` };
  }
  const lost = one.texts.find((text) => !strings.has(text));
  if (lost === undefined) return { harmless: one, fate: "kept" };
  const near = [...strings].toSorted((a, b) => likeness(b, lost) - likeness(a, lost))[0];
  return {
    harmless: one,
    fate: "changed",
    example: `${JSON.stringify(lost)} is now ${JSON.stringify(near)}`,
  };
}

/** Number of letters that two texts share at their ends. */
function likeness(a: string, b: string): number {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  return start + end;
}

/** Strings of each interaction of a cassette, by the case in its target; nothing if there is no cassette. */
function interactionsOf(file: string): Map<string, ReadonlySet<string>> | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const { interactions } = JSON.parse(text) as {
    readonly interactions: readonly { readonly request: { readonly target: string } }[];
  };
  return new Map(
    interactions.map((one) => [/case=(\w+)/.exec(one.request.target)?.[1] ?? "", new Set(stringsOf(one))]),
  );
}

const STEPS: Readonly<Record<HarmlessWay, (folder: string, batch: readonly Harmless[]) => Promise<string>>> =
  {
    import: async (folder, batch) => {
      const file = join(folder, "in.jsonl");
      writeFileSync(file, batch.map(({ id, exchange }) => lineOf(id, exchange)).join("\n"));
      const out = join(folder, "out", "harmless.cassette.json");
      const { stdout, stderr } = await gatetape(["cassette", "import", "--no-config", file, "--out", out]);
      return stdout + stderr;
    },
    record: (folder, batch) =>
      recordAll(
        join(folder, "out", "harmless.cassette.json"),
        batch.map(({ id, exchange }) => ({ id, exchange })),
      ),
  };

/** A table with a row for each kind of which not all is kept, and a total; rows with an example. */
export function harmlessTable(outcomes: readonly HarmlessOutcome[]): string {
  const counted = (list: readonly HarmlessOutcome[]): string =>
    [
      list.length,
      ...(["changed", "withheld"] as const).map((fate) => list.filter((one) => one.fate === fate).length),
    ]
      .map((count) => String(count).padStart(9))
      .join("");
  const rows = [...Map.groupBy(outcomes, ({ harmless: { kind } }) => kind)]
    .map(([kind, list]) => ({ kind, list, bad: list.filter(({ fate }) => fate !== "kept") }))
    .filter(({ bad }) => bad.length > 0)
    .toSorted((a, b) => b.bad.length / b.list.length - a.bad.length / a.list.length);
  return [
    `${"kind".padEnd(40)}    texts  changed withheld`,
    ...rows.map(
      ({ kind, list, bad }) =>
        `${kind.padEnd(40)}${counted(list)}\n      ${bad[0]?.harmless.id}: ${(bad[0]?.example ?? "").slice(0, 600)}`,
    ),
    `${"total".padEnd(40)}${counted(outcomes)}`,
  ].join("\n");
}
