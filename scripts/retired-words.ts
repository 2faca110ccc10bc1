/** Counts retired words in names, bare openings of doc comments, and exported functions without one. `npm run words`. */
import { globSync, readFileSync } from "node:fs";
import { bareOpenings, retiredNames, undocumented } from "../test/support/words.ts";

const files = globSync("src/**/*.ts").toSorted();
const rules = { "retired words in names": retiredNames, "bare openings": bareOpenings, undocumented };
let total = 0;
for (const [rule, find] of Object.entries(rules)) {
  const found = files.flatMap((file) => find(readFileSync(file, "utf8")).map((why) => `${file}:${why}`));
  for (const line of found) console.log(line);
  console.log(`${rule}: ${found.length}`);
  total += found.length;
}
process.exitCode = total === 0 ? 0 : 1;
