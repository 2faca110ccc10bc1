import { readFileSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError, writeFileAtomically, statNamed } from "../support/index.ts";

export interface NewFile {
  /** Path relative to the project. */
  readonly file: string;
  readonly text: string;
}

export interface Written {
  readonly written: readonly string[];
  /** Files that existed with the same text. */
  readonly unchanged: readonly string[];
}

/**
 * Writes all of the files or none into `folder`, which messages call `dir`.
 * @throws UsageError if a file exists with another text and `force` is false, or cannot be written
 */
export function writeAll(
  dir: string,
  files: readonly NewFile[],
  force: boolean,
  folder: string = dir,
): Written {
  const before = new Map(
    files.map(({ file }) => [file, existingContent(join(dir, file), join(folder, file))]),
  );
  const fresh = files.filter(({ file, text }) => before.get(file) !== text);
  const inTheWay = fresh.filter(({ file }) => before.get(file) !== undefined);
  if (inTheWay.length > 0 && !force)
    throw new UsageError(
      "exists",
      {},
      [
        "nothing was written; these are there already and were left alone:",
        ...inTheWay.map(({ file }) => `  ${join(dir, file)}`),
      ].join("\n"),
      "replace them with --force, or move them away; --ci-only writes nothing but a CI file",
    );
  const done: string[] = [];
  try {
    for (const { file, text } of fresh) {
      done.push(file);
      writeFileAtomically(join(folder, file), text);
    }
  } catch (error) {
    for (const file of done.toReversed()) putBack(folder, file, before.get(file));
    throw new UsageError(
      "unwritable",
      { file: join(dir, done.at(-1) ?? "") },
      error instanceof UsageError ? error.reason : `can't be written: ${(error as Error).message}`,
      "nothing was written; check the folder's permissions",
    );
  }
  const unchanged = files.filter((file) => !fresh.includes(file)).map(({ file }) => file);
  return { written: fresh.map(({ file }) => file), unchanged };
}

function existingContent(name: string, path: string): string | undefined {
  try {
    const stat = statNamed(path);
    if (stat?.isDirectory()) throw new Error("it is a folder");
    return stat === undefined ? undefined : readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(
      "unwritable",
      { file: name },
      `can't be a file: ${(error as Error).message}`,
      "move it away; nothing was written",
    );
  }
}

function putBack(dir: string, file: string, text: string | undefined): void {
  const path = join(dir, file);
  if (text !== undefined) {
    writeFileAtomically(path, text);
    return;
  }
  try {
    rmSync(path, { force: true });
    // Removes the folders made for the file, if they are empty.
    for (let folder = dirname(file); folder !== "."; folder = dirname(folder)) rmdirSync(join(dir, folder));
  } catch {
    // The file was never written, or its folder has other files.
  }
}
