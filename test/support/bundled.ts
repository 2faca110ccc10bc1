import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { TestProject } from "vitest/node";
import { bundle } from "../../scripts/bundle/bundle.ts";
import { MAIN_VARIABLE } from "./main.ts";
import { PROGRAMS_VARIABLE } from "./programs.ts";

/** Variable with the id of the process that has made the bundle: one of another run may be of other sources. */
const MAKER_VARIABLE = "GATETAPE_TEST_MAKER";

/**
 * Bundles the sources before each test run, so that the command lines and threads that it starts take half the time. Runs of other sources
 * share the folder: all names have a hash of the content.
 */
export async function setup(project: TestProject): Promise<void> {
  const maker = String(process.pid);
  if (process.env[MAKER_VARIABLE] === maker) return; // once for all projects
  process.env[MAKER_VARIABLE] = maker;
  await bundleForTests();
  project.onTestsRerun(bundleForTests);
}

/** Time (ms) for which files of other sources are kept: another run may be at work. */
const KEPT_MS = 24 * 60 * 60 * 1000;

function forgetOld(folder: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const stat = current.has(name) ? undefined : statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile() && stat.mtimeMs < Date.now() - KEPT_MS) rmSync(join(folder, name), { force: true });
  }
}

async function bundleForTests(): Promise<void> {
  const folder = join(import.meta.dirname, "../../dist-tests");
  const { entries, programs, files } = await bundle(folder, { hashedEntries: true });
  forgetOld(folder, new Set(files));
  process.env[MAIN_VARIABLE] = join(folder, entries["cli/main"]);
  const urls = Object.entries(programs).map(([source, file]) => [
    source,
    pathToFileURL(join(folder, file)).href,
  ]);
  process.env[PROGRAMS_VARIABLE] = JSON.stringify(Object.fromEntries(urls));
  // The processes that tests start compile the same files again and again.
  process.env["NODE_COMPILE_CACHE"] ??= join(folder, "compiled");
}
