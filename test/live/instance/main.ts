/**
 * Tests of gatetape against a real OGL: `npm run test:live`. The instance is that of OGL_TEST_URL and OGL_TEST_TOKEN (of the
 * environment or of .env), else one that Docker Compose starts. Without both, the mock stands in for it, so that at least the
 * steps themselves are tested. Each step prints `ok`, `FAIL` or `skipped` with its reason; the exit code is 1 if one has failed.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instance, findInstance } from "./instance.ts";
import { STEPS, type StepResult } from "./steps.ts";

const folder = mkdtempSync(join(tmpdir(), "gatetape-live-"));
const counts = { ok: 0, FAIL: 0, skipped: 0 };

function print(name: string, { result, words }: StepResult): void {
  counts[result]++;
  console.log(`${result.padEnd(7)} ${name}${words === "" ? "" : `: ${words}`}`);
}

async function runSteps(instance: Instance): Promise<void> {
  for (const [name, step] of STEPS) {
    try {
      print(name, await step(instance, folder));
    } catch (error) {
      print(name, { result: "FAIL", words: error instanceof Error ? error.message : String(error) });
    }
  }
}

const instance = await findInstance(folder, (words) => print("real OGL", { result: "skipped", words }));
console.log(`instance: ${instance.about}, ${instance.url}`);
try {
  await runSteps(instance);
} finally {
  await instance.stop();
  rmSync(folder, { recursive: true });
}
console.log(`${counts.ok} ok, ${counts.FAIL} failed, ${counts.skipped} skipped`);
process.exitCode = counts.FAIL > 0 ? 1 : 0;
