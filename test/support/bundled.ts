import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundle } from "../../scripts/bundle/bundle.ts";
import { MAIN_VARIABLE } from "./main.ts";

/** Variable with the id of the process that has made the bundle: one of another run may be of other sources. */
const MAKER_VARIABLE = "GATETAPE_TEST_MAKER";

/**
 * Bundles the sources before each test run, so that the command lines that it starts take half the time. Runs of other sources
 * share the folder: all names have a hash of the content.
 */
export async function setup(project: TestProject): Promise<void> {
  const maker = String(process.pid);
  if (process.env[MAKER_VARIABLE] === maker) return; // once for all projects
  process.env[MAKER_VARIABLE] = maker;
  await bundleForTests();
  project.onTestsRerun(bundleForTests);
}

async function bundleForTests(): Promise<void> {
  const folder = join(import.meta.dirname, "../../dist-tests");
  const { entries } = await bundle(folder, { hashedEntries: true });
  process.env[MAIN_VARIABLE] = join(folder, entries["cli/main"]);
}
