/** Prints what gatetape changes or withholds of harmless texts: `node test/secrets/harmless/main.ts --through import --seed 7 --count 3000`. */
import { parseArgs } from "node:util";
import { HARMLESS_WAYS, harmlessOutcomes, harmlessTable } from "./run.ts";

const { values } = parseArgs({
  options: {
    through: { type: "string", default: "import" },
    seed: { type: "string", default: "7" },
    count: { type: "string", default: "3000" },
  },
});
const through = HARMLESS_WAYS.find((one) => one === values.through);
if (through === undefined) throw new Error(`--through takes ${HARMLESS_WAYS.join(", ")}`);
console.log(harmlessTable(await harmlessOutcomes(through, Number(values.seed), Number(values.count))));
