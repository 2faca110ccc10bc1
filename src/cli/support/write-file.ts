import { dirname } from "node:path";
import { makeFolder, replaceFile } from "../../util/index.ts";
import { UsageError } from "./errors.ts";

/**
 * Replaces a file atomically: at any moment it is the whole old one or the whole new one. It keeps its mode.
 * @throws UsageError if it cannot be written; nothing is left behind
 */
export function writeFileAtomically(file: string, content: string): void {
  try {
    makeFolder(dirname(file));
    replaceFile(file, content, `${file}.${process.pid}.tmp`);
  } catch (error) {
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
