import { existsSync, readFileSync, rmSync } from "node:fs";
import {
  type Cassette,
  CassetteError,
  type CheckText,
  LogLockedError,
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

/**
 * Puts into a cassette what a recorder left in the tape beside it, if there is one and no recorder is at work on it.
 * @throws CassetteError if the tape can't be read, or the cassette can't be written: the tape stays
 */
export function foldLeftLog(file: string, check: CheckText): void {
  refuseOldLog(file);
  const log = logFileOf(file);
  if (!existsSync(log)) {
    dropStaleLock(log);
    return;
  }
  let lock;
  try {
    lock = lockLog(log);
  } catch (error) {
    if (error instanceof LogLockedError) return; // it is being recorded: that recorder folds it in
    throw cannot(log, file, error);
  }
  try {
    foldLog(file, check);
  } finally {
    lock.release();
  }
}

/**
 * The same for one who has the lock. At any moment the cassette is the old or the new one, whole; the tape goes when the
 * new one is safe, and folding it in once more changes nothing.
 * @returns the cassette as it is now; `undefined` if the tape held nothing
 */
export function foldLog(file: string, check: CheckText): Cassette | undefined {
  refuseOldLog(file);
  const log = logFileOf(file);
  if (!existsSync(log)) return undefined;
  const recorded = parseLog(log, readFileSync(log, "utf8"));
  let merged: Cassette | undefined;
  if (recorded !== undefined && recorded.entries.length > 0) {
    const old = existsSync(file) ? readCassetteText(file) : undefined;
    merged = mergeLog(old === undefined ? undefined : check(file, old).cassette, recorded);
    const text = printCassette(merged);
    check(file, text);
    try {
      if (text !== old) replaceFile(file, text); // who has the lock is alone with its temporary file
    } catch (error) {
      throw cannot(log, file, error);
    }
  }
  for (const path of [log, `${log}.tmp`, `${file}.tmp`]) rmSync(path, { force: true });
  return merged;
}

function cannot(log: string, file: string, error: unknown): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: log },
    `holds a recording that can't be put into ${file}: ${(error as Error).message}`,
    "make the folder writable and free some space; nothing is lost, the next command tries again",
  );
}
