/**
 * Prints what gatetape leaves of planted secrets:
 * `node test/secrets/planted/main.ts --through import --seed 7 --rounds 2`. With `--share 0.1` a tenth of a round; with `--only ID`
 * the exchanges of one plant, as lines for `cassette import`; `--by` chooses the tables.
 */
import { parseArgs } from "node:util";
import { lineOf } from "./exchange.ts";
import { plants, sentOf } from "./plant.ts";
import { type Way, WAYS, leaksOf } from "./run.ts";
import { countsOf, examples, tableBy } from "./table.ts";

const COLUMNS = ["name", "kind", "form", "carrier"] as const;

const { values } = parseArgs({
  options: {
    through: { type: "string", default: "import" },
    seed: { type: "string", default: "7" },
    rounds: { type: "string", default: "1" },
    share: { type: "string", default: "1" },
    examples: { type: "string", default: "30" },
    by: { type: "string", default: COLUMNS.join(",") },
    only: { type: "string" },
  },
});
const way = WAYS.find((one: Way) => one === values.through);
if (way === undefined) throw new Error(`--through takes ${WAYS.join(", ")}`);
const planted = plants(Number(values.seed), Number(values.rounds), Number(values.share));
if (values.only === undefined) {
  const outcomes = await leaksOf(way, planted);
  for (const column of COLUMNS)
    if (values.by.split(",").includes(column)) console.log(`${tableBy(column, outcomes)}\n`);
  console.log(examples(outcomes, Number(values.examples)));
  console.log(JSON.stringify({ through: way, seed: values.seed, ...countsOf(outcomes) }));
} else {
  const one = planted.find(({ id }) => id === values.only);
  if (one === undefined) throw new Error(`no plant ${values.only} for this seed, rounds and share`);
  for (const { id, exchange } of sentOf([one])) console.log(lineOf(id, exchange));
}
