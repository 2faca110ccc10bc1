/**
 * What a run of `cargo test -- --ignored` against the mock comes to.
 * `node judge.ts EXIT-STATUS CARGO-LOG MOCK-LOG CRATE-FOLDER`: prints it, and exits 1 if anything is amiss.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Requested {
  readonly request?: {
    readonly method: string;
    readonly target: string;
    readonly operation: string | null;
    readonly status: number | null;
  };
}

const [status, cargoLog = "", mockLog = "", crate = ""] = process.argv.slice(2);
const log = readFileSync(cargoLog, "utf8");
const ran = [...log.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed;/gm)];
const passed = ran.reduce((sum, [, count]) => sum + Number(count), 0);
const failed = ran.reduce((sum, [, , count]) => sum + Number(count), 0);
const existing = ["src", "tests"].reduce((sum, folder) => sum + ignoredTests(join(crate, folder)), 0);
const operations = requestsByOperation(readFileSync(mockLog, "utf8"));
const requests = operations.reduce((sum, [, count]) => sum + count, 0);

const problems = [
  ...(failed > 0 ? [`${failed} tests failed`] : []),
  ...(status === "0" ? [] : [`cargo test ended with exit status ${status}`]),
  ...(existing === 0 ? ["the crate has no test with #[ignore]"] : []),
  ...(passed + failed < existing ? [`${passed + failed} tests ran of ${existing} with #[ignore]`] : []),
  ...(requests === 0 ? ["no request arrived at the mock"] : []),
];

if (problems.length > 0) console.log(log);
console.log(
  `opengatellm: ${passed} passed, ${failed} failed, ${existing} with #[ignore]; ${requests} requests arrived:`,
);
for (const [operation, count] of operations) console.log(`  ${String(count).padStart(3)}  ${operation}`);
for (const problem of problems) console.log(`opengatellm: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The attribute at the beginning of a line: not where a comment speaks of it. */
function ignoredTests(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".rs"),
  );
  return files.reduce(
    (sum, name) => sum + [...readFileSync(join(folder, name), "utf8").matchAll(/^\s*#\[ignore\b/gm)].length,
    0,
  );
}

function requestsByOperation(text: string): [string, number][] {
  const counts = new Map<string, number>();
  for (const line of text.split("\n").filter((part) => part !== "")) {
    const { request } = JSON.parse(line) as Requested;
    if (request === undefined) continue; // the line that says where the mock listens
    const key = `${request.operation ?? `${request.method} ${request.target}`} -> ${request.status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => a.localeCompare(b));
}
