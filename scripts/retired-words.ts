/** Counts retired words in names, bare openings of doc comments, exported functions without one, and repeated names. `npm run words`. */
import { globSync, readFileSync } from "node:fs";
import { bareOpenings, repeatedFunctions, retiredNames, undocumented } from "../test/support/words.ts";

const files = globSync("src/**/*.ts").toSorted();
const rules = { "retired words in names": retiredNames, "bare openings": bareOpenings, undocumented };
let total = 0;
for (const [rule, find] of Object.entries(rules)) {
  const found = files.flatMap((file) => find(readFileSync(file, "utf8")).map((why) => `${file}:${why}`));
  for (const line of found) console.log(line);
  console.log(`${rule}: ${found.length}`);
  total += found.length;
}
const repeated = repeatedFunctions(new Map(files.map((file) => [file, readFileSync(file, "utf8")])));
for (const line of repeated) console.log(line);
console.log(`functions of one name: ${repeated.length}`);
total += repeated.length;
process.exitCode = total === 0 ? 0 : 1;
