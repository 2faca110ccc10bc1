import { type Dirent, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { CASSETTE_SUFFIX, CassetteError, notFound, statOf } from "../format/index.ts";
import {
  LOG_SUFFIX,
  OLD_LOG_SUFFIX,
  awaitWorker,
  cassetteOfLog,
  logFileOf,
  readLeftLog,
} from "../log/index.ts";

/**
 * Finds the cassette files of paths: files as named, folders searched at any depth, in a stable order, each file once
 * however its path is spelled. A cassette that does not exist yet counts if a killed recorder left a recording log for it.
 * @param options `empty`: true if folders may hold no cassette, as that of a recording that only begins
 * @throws CassetteError if a path does not exist, a folder holds no cassette, a link leads out of its folder, or a recording
 *   log can't be read
 */
export function findCassettes(
  paths: readonly string[],
  { empty = false }: { readonly empty?: boolean } = {},
): string[] {
  /** By the real path: the path under which it was found first. */
  const files = new Map<string, string>();
  for (const path of paths) {
    if (path.endsWith(CASSETTE_SUFFIX)) awaitWorker(logFileOf(path));
    const stat = statOf(path);
    if (stat === undefined && !isLeftAlone(path)) throw notFound(path);
    const found = stat?.isDirectory() ? inFolder(path) : [path];
    if (found.length === 0 && !empty) throw withoutCassettes(path);
    for (const file of found) {
      const real = realPathOf(file);
      if (!files.has(real)) files.set(real, file);
    }
  }
  return [...files.values()];
}

/** True for a cassette that does not exist, but for which a killed recorder left a recording log. */
function isLeftAlone(file: string): boolean {
  return file.endsWith(CASSETTE_SUFFIX) && statOf(file) === undefined && readLeftLog(file) !== undefined;
}

function isLogName(name: string): boolean {
  return name.endsWith(LOG_SUFFIX) || name.endsWith(OLD_LOG_SUFFIX);
}

/** The path without links. A file that does not exist yet is in the real path of its folder. */
function realPathOf(file: string): string {
  return statOf(file) === undefined ? join(realpathSync(dirname(file)), basename(file)) : realpathSync(file);
}

/** Finds cassettes below a folder. Links to folders are not followed: they lead in circles, or to files that are found anyway. */
function inFolder(root: string): string[] {
  const inside = withSeparator(realpathSync(root));
  const found: string[] = [];
  const search = (folder: string): void => {
    for (const entry of settledEntries(join(root, folder))) {
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
      } else if (isCassette) found.push(name); // loading refuses anything but a file
      else if (entry.isDirectory()) search(name);
      else if (isLogName(entry.name) && isLeftAlone(cassetteOfLog(path))) found.push(cassetteOfLog(name));
    }
  };
  search("");
  return found.toSorted().map((name) => join(root, name));
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}

const LOCK_SUFFIX = ".lock";

/** The entries of a folder, after the workers of killed recorders have written what they had. */
function settledEntries(folder: string): Dirent[] {
  const entries = directoryEntries(folder);
  const logs = entries.flatMap(({ name }) =>
    name.endsWith(LOG_SUFFIX + LOCK_SUFFIX) ? [join(folder, name.slice(0, -LOCK_SUFFIX.length))] : [],
  );
  for (const log of logs) awaitWorker(log);
  return logs.length === 0 ? entries : directoryEntries(folder);
}

/** The entries of a folder. @throws CassetteError if it can't be read */
export function directoryEntries(folder: string): Dirent[] {
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

/** Number of file names in a message. */
const MAX_NAMED = 3;

/** The error for a folder without cassettes. It names files that might have been meant. */
function withoutCassettes(folder: string): CassetteError {
  const others = directoryEntries(folder)
    .map(({ name }) => name)
    .filter((name) => /\.(?:json|har|ya?ml|ndjson|jsonl)$/.test(name));
  const named = others.slice(0, MAX_NAMED).join(", ");
  const more = others.length > MAX_NAMED ? ` and ${others.length - MAX_NAMED} more` : "";
  const hint =
    others.length === 0
      ? ""
      : `; it has ${named}${more}, and the name of a cassette ends in ${CASSETTE_SUFFIX}`;
  return new CassetteError(
    "not-found",
    { file: folder },
    `holds no cassette${hint}`,
    "name a cassette, or a folder that holds some; gatetape record and gatetape cassette import make them",
  );
}
