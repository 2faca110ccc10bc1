/**
 * What a gate around `cargo test -- --ignored` comes to: `node gate-judge.ts STATUS RECORD LOG CRATE-FOLDER` prints it, and
 * exits 1 if the gate is closed, if fewer tests ran than there are, or if other requests came than the tests make.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordLine } from "../../src/suites/record/record.ts";

/** What the live tests of opengatellm 0.1.0 ask, as they were published. */
const EXPECTED: Readonly<Record<string, number>> = {
  "models.list": 2,
  "models.get": 1,
  "embeddings.create": 2,
  "chat.create": 1,
  "chat.stream": 1,
  get_health_health_get: 1,
  get_health_models_health_models_get: 1,
  get_keys_v1_me_keys_get: 1,
  get_usage_v1_me_usage_get: 1,
  get_user_v1_me_info_get: 1,
};

const [status, record = "", log = "", crate = ""] = process.argv.slice(2);
const lines = readFileSync(record, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as RecordLine);
const verdicts = lines.flatMap((line) => ("verdict" in line ? [line.verdict] : []));
const [end] = lines.flatMap((line) => ("end" in line ? [line.end] : []));
const requested = Object.fromEntries(
  (end?.traffic?.coverage.operations.requested ?? []).map(({ operation, requests }) => [operation, requests]),
);
const passed = [...readFileSync(log, "utf8").matchAll(/^test result: \w+\. (\d+) passed;/gm)].reduce(
  (sum, [, count]) => sum + Number(count),
  0,
);
const existing = readdirSync(join(crate, "tests"))
  .map((name) => readFileSync(join(crate, "tests", name), "utf8"))
  .reduce((sum, text) => sum + [...text.matchAll(/^\s*#\[ignore\b/gm)].length, 0);

const problems = [
  ...(status === "0" ? [] : [`the gate ended with exit code ${status}`]),
  ...(passed < existing || existing === 0 ? [`${passed} tests passed of ${existing} with #[ignore]`] : []),
  ...(sorted(requested) === sorted(EXPECTED)
    ? []
    : [`asked was ${sorted(requested)}, expected ${sorted(EXPECTED)}`]),
];
console.log(
  `gate: ${passed} of ${existing} live tests passed, ${end?.traffic?.requests ?? 0} requests: ${sorted(requested)}`,
);
for (const { scenario, result, findings } of verdicts)
  if (result !== "pass" && result !== "not-observable")
    console.log(`  ${result}  ${scenario}: ${findings.map(({ message }) => message).join("; ")}`);
if (problems.length > 0) console.log(readFileSync(log, "utf8"));
for (const problem of problems) console.log(`gate: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

function sorted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([operation, n]) => `${operation} ${n}`)
    .toSorted()
    .join(", ");
}
