import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { HANG_MS } from "./limits.ts";

/** Makes a folder for the tests of a file or a `describe`, and removes it when they are over. @returns its path */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gatetape-${name}-`));
  // Tests that are killed by the hundred sync their files all the time: an unlink then waits for the disk.
  afterAll(() => rmSync(folder, { recursive: true }), 10 * HANG_MS);
  return folder;
}
