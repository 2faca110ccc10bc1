/** Tables of what became of planted secrets. */
import type { Fate, Outcome } from "./run.ts";
import type { Plant } from "./plant.ts";

const FATES: readonly Fate[] = ["gone", "withheld", "refused", "left"];

type Counts = Readonly<Record<Fate, number>> & { readonly planted: number };

/** Number of plants of each fate. */
export function countsOf(outcomes: readonly Outcome[]): Counts {
  const of = (fate: Fate): number => outcomes.filter((one) => one.fate === fate).length;
  return {
    planted: outcomes.length,
    gone: of("gone"),
    withheld: of("withheld"),
    refused: of("refused"),
    left: of("left"),
  };
}

const row = (label: string, counts: Counts): string =>
  [label.padEnd(46), ...(["planted", ...FATES] as const).map((key) => String(counts[key]).padStart(9))].join(
    "",
  );

/** A table with a row for each value of a column, those that leak most first. */
export function tableBy(column: "name" | "kind" | "form" | "carrier", outcomes: readonly Outcome[]): string {
  const rows = [...Map.groupBy(outcomes, ({ plant }) => plant[column])]
    .map(([label, list]) => ({ label, counts: countsOf(list) }))
    .toSorted(
      (a, b) =>
        b.counts.left / b.counts.planted - a.counts.left / a.counts.planted || b.counts.left - a.counts.left,
    );
  return [
    [column.padEnd(46), ...["planted", ...FATES].map((key) => key.padStart(9))].join(""),
    ...rows.map(({ label, counts }) => row(label, counts)),
    row("total", countsOf(outcomes)),
  ].join("\n");
}

const shownPlant = ({ id, name, as, kind, form, carrier }: Plant): string =>
  `${id}: ${kind} under ${name}${as === "" ? "" : ` (${as})`}, ${form} in ${carrier}`;

/** Examples of plants that are left or refused, with the text around them, at most so many, of as many forms as there are. */
export function examples(outcomes: readonly Outcome[], limit: number): string {
  const bad = outcomes.filter(({ fate }) => fate === "left" || fate === "refused");
  const groups = [...Map.groupBy(bad, ({ plant }) => plant.form).values()].toSorted(
    (a, b) => b.length - a.length,
  );
  return groups
    .slice(0, limit)
    .flatMap(([one, ...rest]) =>
      one === undefined
        ? []
        : [
            `${one.fate} ${shownPlant(one.plant)} (and ${rest.length} more of this form)\n    ${JSON.stringify(one.plant.value)}\n    ${JSON.stringify(one.example ?? "")}`,
          ],
    )
    .join("\n");
}
