import { existsSync, readFileSync, rmSync } from "node:fs";
import {
  CassetteError,
  type LoadedCassette,
  LogLockedError,
  awaitWorker,
  dropStaleLock,
  lockLog,
  mergeLog,
  parseLog,
  printCassette,
  readCassetteText,
  logFileOf,
  refuseOldLog,
} from "../../cassette/index.ts";
import { replaceFile } from "../../util/index.ts";

/** Validates the text of a cassette; throws a CassetteError if it can't be used. */
type CheckFolded = (file: string, text: string) => LoadedCassette;

/**
 * Folds the recording log that a killed recorder left beside a cassette into it, unless a living recorder writes the log.
 * @throws CassetteError if the log can't be read, or the cassette can't be written: the log stays
 */
export function foldLeftLog(file: string, check: CheckFolded): void {
  refuseOldLog(file);
  const log = logFileOf(file);
  awaitWorker(log);
  if (!existsSync(log)) {
    dropStaleLock(log);
    return;
  }
  let lock;
  try {
    lock = lockLog(log);
  } catch (error) {
    if (error instanceof LogLockedError) return; // the living recorder folds it
    throw cannot(log, file, error);
  }
  try {
    foldLog(file, check);
  } finally {
    lock.release();
  }
}

/**
 * Folds the recording log of a cassette; the caller has the lock. At any moment the file is the whole old or the whole new
 * cassette. The log is removed when the new one is safe, and folding it again would change nothing.
 * @returns the new cassette; `undefined` if the log had no entries
 * @throws CassetteError if the log can't be read, or the cassette can't be written: the log stays
 */
export function foldLog(file: string, check: CheckFolded): LoadedCassette | undefined {
  refuseOldLog(file);
  const log = logFileOf(file);
  if (!existsSync(log)) return undefined;
  const old = existsSync(file) ? readCassetteText(file) : undefined;
  const text = mergedText(file, old, check);
  const folded = text === undefined ? undefined : check(file, text);
  try {
    if (text !== undefined && text !== old) replaceFile(file, text); // the lock protects its temporary file
  } catch (error) {
    throw cannot(log, file, error);
  }
  for (const path of [log, `${log}.tmp`, `${file}.tmp`]) rmSync(path, { force: true });
  return folded;
}

/** The text of a cassette with its log. A function of its own: what it reads is released before the text is checked. */
function mergedText(file: string, old: string | undefined, check: CheckFolded): string | undefined {
  const log = logFileOf(file);
  const recorded = parseLog(log, readFileSync(log, "utf8"));
  if (recorded === undefined || recorded.entries.length === 0) return undefined;
  return printCassette(mergeLog(old === undefined ? undefined : check(file, old).cassette, recorded));
}

function cannot(log: string, file: string, error: unknown): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: log },
    `holds a recording that can't be put into ${file}: ${(error as Error).message}`,
    "make the folder writable and free some space; nothing is lost, the next command tries again",
  );
}
