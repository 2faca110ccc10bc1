import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { CassetteError } from "./cassette-error.ts";
import { readCassetteText } from "./cassette-file.ts";
import type { CheckText } from "./left-tape.ts";
import { printCassette } from "./printer.ts";
import { parseTape, tapeOf } from "./tape.ts";
import { dropStaleLock, lockTape, TapeLockedError } from "./tape-lock.ts";
import { mergeTape } from "./tape-merge.ts";
import type { Cassette } from "./types.ts";

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
    if (text !== old) replaceFile(file, text, tape);
  }
  for (const path of [tape, `${tape}.tmp`, `${file}.tmp`]) rmSync(path, { force: true });
  return merged;
}

function replaceFile(file: string, text: string, tape: string): void {
  const temporary = `${file}.tmp`; // who has the lock is alone with it
  try {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    writeFileSync(temporary, text, { flush: true, ...(mode === undefined ? {} : { mode }) });
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw cannot(tape, file, error);
  }
}

/** The new name is safe before the tape goes. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    fsyncSync(fd);
    closeSync(fd);
  } catch {
    // not every file system lets a folder be synced
  }
}

function cannot(tape: string, file: string, error: unknown): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: tape },
    `holds a recording that can't be put into ${file}: ${(error as Error).message}`,
    "make the folder writable and free some space; nothing is lost, the next command tries again",
  );
}
