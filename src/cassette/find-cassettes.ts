import { type Dirent, readdirSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { CassetteError } from "./cassette-error.ts";
import { notFound, statOf } from "./cassette-file.ts";
import { checkFolded } from "./loader.ts";
import { cassetteOfTape, TAPE_SUFFIX } from "./tape.ts";
import { foldLeftTape } from "./tape-fold.ts";
import { CASSETTE_SUFFIX } from "./types.ts";

/**
 * The cassette files that paths stand for: files as named, folders searched; in a stable order, each file once however
 * it is spelled.
 * @throws CassetteError if there is no such path, or a folder leads out of itself by a link
 */
export function findCassettes(paths: readonly string[]): string[] {
  /** By the real path: the path under which it was found first. */
  const files = new Map<string, string>();
  for (const path of paths) {
    foldTapesAt(path);
    const stat = statOf(path);
    if (stat === undefined) throw notFound(path);
    for (const file of stat.isDirectory() ? inFolder(path) : [path]) {
      const real = realpathSync(file);
      if (!files.has(real)) files.set(real, file);
    }
  }
  return [...files.values()];
}

/** What recorders that were killed have left in tapes is put into its cassettes, which may only then be there. */
function foldTapesAt(path: string): void {
  if (!statOf(path)?.isDirectory()) {
    if (path.endsWith(CASSETTE_SUFFIX)) foldLeftTape(path, checkFolded);
    return;
  }
  for (const entry of entriesOf(path)) {
    const name = join(path, entry.name);
    if (entry.isDirectory()) foldTapesAt(name);
    else {
      // A recorder that had nothing to write yet has left a lock alone.
      const tape = name.replace(/\.lock$/, "");
      if (tape.endsWith(TAPE_SUFFIX)) foldLeftTape(cassetteOfTape(tape), checkFolded);
    }
  }
}

/** Links to folders are not followed: within the folder they lead in circles, or to what is found anyway. */
function inFolder(root: string): string[] {
  const inside = withSeparator(realpathSync(root));
  const found: string[] = [];
  const search = (folder: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const name = join(folder, entry.name);
      const path = join(root, name);
      const isCassette = entry.name.endsWith(CASSETTE_SUFFIX);
      if (entry.isSymbolicLink()) {
        const target = statOf(path);
        if (target === undefined) {
          if (isCassette) throw leadsNowhere(path);
          continue;
        }
        const leadsOut = !withSeparator(realpathSync(path)).startsWith(inside);
        if (leadsOut && (isCassette || target.isDirectory())) throw leadsOutOf(root, path);
        if (isCassette) found.push(name);
      } else if (isCassette) found.push(name); // what is no file is refused when it is loaded
      else if (entry.isDirectory()) search(name);
    }
  };
  search("");
  return found.toSorted().map((name) => join(root, name));
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new CassetteError(
      "unreadable",
      { file: folder },
      `can't be searched: ${(error as Error).message}`,
      "check its permissions, or name the cassettes one by one",
    );
  }
}

function leadsNowhere(path: string): CassetteError {
  return new CassetteError(
    "not-found",
    { file: path },
    "is a link that leads nowhere",
    "remove it, or restore what it leads to",
  );
}

function leadsOutOf(root: string, path: string): CassetteError {
  return new CassetteError(
    "outside-folder",
    { file: path },
    `is a link that leads out of ${root}`,
    "name what it leads to itself, or replace the link by a copy",
  );
}
