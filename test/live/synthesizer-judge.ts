/**
 * What the mock answered while a client ran: `node synthesizer-judge.ts MOCK-LOG NAME LEAST` prints the requests by who answered them,
 * and exits 1 if there were fewer than that, if none was synthesized, or if one found no answer.
 */
import { readFileSync } from "node:fs";
import { type AnsweredBy, answeredByText } from "../../src/exchange/answered-by.ts";

interface Line {
  readonly request?: { readonly operation: string | null; readonly status: number; readonly by: AnsweredBy };
}

const [file = "", name = "", least = "1"] = process.argv.slice(2);
const requests = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .flatMap((line) => (JSON.parse(line) as Line).request ?? []);
const counts = new Map<string, number>();
for (const { operation, status, by } of requests) {
  const key = `${operation} ${status} ${answeredByText(by)}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
const lost = requests.filter(({ by }) => by.kind === "miss" || by.kind === "failed");
const made = requests.filter(({ by }) => by.kind === "synthesizer");
console.log(`${name}: ${requests.length} requests arrived, ${made.length} were synthesized`);
for (const [key, count] of [...counts].toSorted(([a], [b]) => a.localeCompare(b)))
  console.log(`  ${String(count).padStart(3)}  ${key}`);
if (requests.length < Number(least)) console.log(`fewer than ${least}`);
process.exitCode = requests.length < Number(least) || made.length === 0 || lost.length > 0 ? 1 : 0;
