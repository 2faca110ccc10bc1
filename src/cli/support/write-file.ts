import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { makeFolder, replaceFile } from "../../util/index.ts";
import { UsageError } from "./errors.ts";
import { statNamed } from "./read-file.ts";

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

/**
 * Checks that a file can be written, before the work whose result it takes. Folders are made when it is written.
 * @param option the option that named it, with its dashes
 * @throws UsageError `unwritable`
 */
export function mustBeWritable(file: string, option: string): void {
  const refuse = (reason: string): never => {
    throw new UsageError(
      "unwritable",
      { option, file },
      reason,
      "name a file in a folder that can be written",
    );
  };
  if (statNamed(file, option)?.isDirectory()) refuse("is a folder");
  let folder = dirname(file);
  while (statNamed(folder, option) === undefined && dirname(folder) !== folder) folder = dirname(folder);
  if (!statNamed(folder, option)?.isDirectory()) refuse(`can't be written: ${folder} is not a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    refuse(`can't be written: ${(error as Error).message}`);
  }
}
