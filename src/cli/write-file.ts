import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./errors.ts";

/**
 * Writes a file so that at any moment it is the old one or the new one, whole; it keeps its mode.
 * @throws UsageError if it can't be written: nothing is left behind
 */
export function writeFileAtomically(file: string, content: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    writeFileSync(temporary, content, { flush: true, ...(mode === undefined ? {} : { mode }) });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(
      "unwritable",
      { file },
      `can't be written: ${message}`,
      "check the path, its permissions and the space left; nothing was changed",
    );
  }
}

/** Not by `recursive`: where a file system lets nobody make folders (/proc), Node tries that for ever. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
