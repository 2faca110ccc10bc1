import { existsSync, readFileSync, rmSync } from "node:fs";
import {
  type Cassette,
  CassetteError,
  type CheckText,
  TapeLockedError,
  dropStaleLock,
  lockTape,
  mergeTape,
  parseTape,
  printCassette,
  readCassetteText,
  tapeOf,
} from "../../cassette/index.ts";
import { replaceFile } from "../../util/index.ts";

/**
 * Puts into a cassette what a recorder left in the tape beside it, if there is one and no recorder is at work on it.
 * @throws CassetteError if the tape can't be read, or the cassette can't be written: the tape stays
 */
export function foldLeftTape(file: string, check: CheckText): void {
  const tape = tapeOf(file);
  if (!existsSync(tape)) {
    dropStaleLock(tape);
    return;
  }
  let lock;
  try {
    lock = lockTape(tape);
  } catch (error) {
    if (error instanceof TapeLockedError) return; // it is being recorded: that recorder folds it in
    throw cannot(tape, file, error);
  }
  try {
    foldTape(file, check);
  } finally {
    lock.release();
  }
}

/**
 * The same for one who has the lock. At any moment the cassette is the old or the new one, whole; the tape goes when the
 * new one is safe, and folding it in once more changes nothing.
 * @returns the cassette as it is now; `undefined` if the tape held nothing
 */
export function foldTape(file: string, check: CheckText): Cassette | undefined {
  const tape = tapeOf(file);
  if (!existsSync(tape)) return undefined;
  const recorded = parseTape(tape, readFileSync(tape, "utf8"));
  let merged: Cassette | undefined;
  if (recorded !== undefined && recorded.takes.length > 0) {
    const old = existsSync(file) ? readCassetteText(file) : undefined;
    merged = mergeTape(old === undefined ? undefined : check(file, old).cassette, recorded);
    const text = printCassette(merged);
    check(file, text);
    try {
      if (text !== old) replaceFile(file, text); // who has the lock is alone with its temporary file
    } catch (error) {
      throw cannot(tape, file, error);
    }
  }
  for (const path of [tape, `${tape}.tmp`, `${file}.tmp`]) rmSync(path, { force: true });
  return merged;
}

function cannot(tape: string, file: string, error: unknown): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: tape },
    `holds a recording that can't be put into ${file}: ${(error as Error).message}`,
    "make the folder writable and free some space; nothing is lost, the next command tries again",
  );
}
