import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Makes a folder for the tests of a file or a `describe`, and removes it when they are over. @returns its path */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gatetape-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
