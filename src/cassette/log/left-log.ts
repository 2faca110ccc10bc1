import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { note } from "../../util/index.ts";
import { type Cassette, printCassette, readCassetteText, statOf } from "../format/index.ts";
import { awaitWorker, isLogLocked } from "./lock.ts";
import { type RecordingLog, isOldLog, logFileOf, oldLogFileOf, otherVersion, parseLog } from "./log.ts";
import { mergeLog } from "./merge.ts";

/** Validates the text of a cassette; throws a CassetteError if it can't be used. */
export type CheckText = (file: string, text: string) => { readonly cassette: Cassette };

/**
 * Reads the recording log that a killed recorder left beside a cassette, when its worker has finished. Writes nothing and
 * leaves the lock.
 * @returns `undefined` if there is no log, it has no interaction, or a living recorder writes it
 * @throws CassetteError `log-version` if a log of another version is there, `not-json` if a whole line can't be read
 */
export function readLeftLog(file: string): RecordingLog | undefined {
  refuseOldLog(file);
  const path = logFileOf(file);
  awaitWorker(path);
  if (!existsSync(path) || isLogLocked(path)) return undefined;
  const log = parseLog(path, readFileSync(path));
  return log !== undefined && log.entries.length > 0 ? log : undefined;
}

/**
 * Refuses a cassette beside which gatetape 0.1.0 left a recording log (`.tape`), rather than ignore what is in it.
 * @throws CassetteError `log-version`
 */
export function refuseOldLog(file: string): void {
  const path = oldLogFileOf(file);
  if (statOf(path)?.isFile() === true && isOldLog(readStart(path))) throw otherVersion(path, 1);
}

/** The first bytes of a file, enough to recognise a recording log. */
function readStart(file: string): string {
  const start = Buffer.alloc(16);
  const fd = openSync(file, "r");
  try {
    return start.toString("latin1", 0, readSync(fd, start));
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads the text of a cassette, merged in memory with the recording log that a killed recorder left beside it. Notes
 * such a log on stderr, once.
 * @throws CassetteError if the cassette or the log can't be read
 */
export function readMergedText(file: string, check: CheckText): string {
  // The log first: if a recorder folds it in the meantime the cassette is newer, and merging twice changes nothing.
  const log = readLeftLog(file);
  if (log === undefined) return readCassetteText(file);
  const old = existsSync(file) ? check(file, readCassetteText(file)).cassette : undefined;
  noteLeftLog(file, log.entries.length);
  return printCassette(mergeLog(old, log));
}

function noteLeftLog(file: string, interactions: number): void {
  const many = interactions === 1 ? "1 interaction" : `${interactions} interactions`;
  note(
    `${logFileOf(file)}: ${many} that a killed recorder left ${interactions === 1 ? "is" : "are"} used from memory; gatetape record --out ${file} writes ${interactions === 1 ? "it" : "them"} into the cassette`,
  );
}
