import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import {
  type Cassette,
  CassetteError,
  LogLockedError,
  type ReadSideFile,
  awaitWorker,
  checkFolded,
  checkMerged,
  dropStaleLock,
  hashOf,
  lockLog,
  mergeLog,
  parseLog,
  printedParts,
  readCassetteText,
  logFileOf,
  refuseOldLog,
  sideFileReader,
} from "../../cassette/index.ts";
import { LARGE_BYTES, collectAllGarbage, replaceFile } from "../../util/index.ts";

/**
 * Folds the recording log that a killed recorder left beside a cassette into it, unless a living recorder writes the log.
 * @throws CassetteError if the log can't be read, or the cassette can't be written: the log stays
 */
export function foldLeftLog(file: string): void {
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
    foldLog(file);
  } finally {
    lock.release();
  }
}

/** A cassette that a log was folded into. */
interface Folded {
  readonly cassette: Cassette;
  readonly readSideFile: ReadSideFile;
}

/**
 * Folds the recording log of a cassette; the caller has the lock. At any moment the file is the whole old or the whole new
 * cassette. The log is removed when the new one is safe, and folding it again would change nothing.
 * @returns the new cassette; `undefined` if the log had no entries
 * @throws CassetteError if the log can't be read, or the cassette can't be written: the log stays
 */
export function foldLog(file: string): Folded | undefined {
  refuseOldLog(file);
  const log = logFileOf(file);
  if (!existsSync(log)) return undefined;
  const cassette = mergedCassette(file, log);
  const readSideFile = sideFileReader(file);
  if (cassette !== undefined) {
    // Each step leaves garbage of the size of the whole, in a process that is to stay small.
    const between = statSync(log).size > LARGE_BYTES ? collectAllGarbage : () => {};
    between();
    checkMerged(file, cassette, readSideFile);
    between();
    try {
      writeCassette(file, cassette); // the lock protects its temporary file
    } catch (error) {
      throw cannot(log, file, error);
    }
  }
  for (const path of [log, `${log}.tmp`, `${file}.tmp`]) rmSync(path, { force: true });
  return cassette === undefined ? undefined : { cassette, readSideFile };
}

function mergedCassette(file: string, log: string): Cassette | undefined {
  const recorded = parseLog(log, readFileSync(log));
  if (recorded === undefined || recorded.entries.length === 0) return undefined;
  const old = existsSync(file) ? checkFolded(file, readCassetteText(file)).cassette : undefined;
  return mergeLog(old, recorded);
}

/** Writes a cassette, unless the file has the very text. Part by part: the whole may have 64 MiB. */
function writeCassette(file: string, cassette: Cassette): void {
  if (existsSync(file) && hashOf(readFileSync(file)) === printedHash(cassette)) return;
  replaceFile(file, tidiedParts(cassette));
}

/** The parts of a printed cassette. What printing a large one has left is given back before it is written. */
function* tidiedParts(cassette: Cassette): Generator<string> {
  for (const part of printedParts(cassette)) {
    if (part.length > LARGE_BYTES) collectAllGarbage();
    yield part;
  }
}

function printedHash(cassette: Cassette): string {
  const hash = createHash("sha256");
  for (const part of printedParts(cassette)) hash.update(part);
  return hash.digest("hex");
}

function cannot(log: string, file: string, error: unknown): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: log },
    `holds a recording that can't be put into ${file}: ${(error as Error).message}`,
    "make the folder writable and free some space; nothing is lost, the next command tries again",
  );
}
