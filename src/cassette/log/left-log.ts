import { existsSync, readFileSync } from "node:fs";
import { note } from "../../util/index.ts";
import { type Cassette, printCassette, readCassetteText } from "../format/index.ts";
import { isLogLocked } from "./lock.ts";
import { type RecordingLog, parseLog, logFileOf } from "./log.ts";
import { mergeLog } from "./merge.ts";

/** Validates the text of a cassette; throws a CassetteError if it can't be used. */
export type CheckText = (file: string, text: string) => { readonly cassette: Cassette };

/**
 * The tape that a killed recorder left beside a cassette. Nothing is written, and the lock stays.
 * @returns `undefined` if there is no tape, it holds no interaction, or a living recorder writes it
 * @throws CassetteError `not-json` if a whole line can't be read
 */
export function readLeftLog(file: string): RecordingLog | undefined {
  const path = logFileOf(file);
  if (!existsSync(path) || isLogLocked(path)) return undefined;
  const log = parseLog(path, readFileSync(path, "utf8"));
  return log !== undefined && log.entries.length > 0 ? log : undefined;
}

/**
 * Reads the text of a cassette, merged in memory with the tape that a killed recorder left beside it; a note on stderr
 * names such a tape, once.
 * @throws CassetteError if the cassette or the tape can't be read
 */
export function readMergedText(file: string, check: CheckText): string {
  // The tape first: a recorder that folds it in the meantime makes the cassette newer, and merging twice changes nothing.
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
