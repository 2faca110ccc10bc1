import { existsSync, readFileSync } from "node:fs";
import { note } from "../../util/index.ts";
import { type Cassette, printCassette, readCassetteText } from "../format/index.ts";
import { isTapeLocked } from "./lock.ts";
import { type Tape, parseTape, tapeOf } from "./log.ts";
import { mergeTape } from "./merge.ts";

/** Validates the text of a cassette; throws a CassetteError if it can't be used. */
export type CheckText = (file: string, text: string) => { readonly cassette: Cassette };

/** Tapes that this process has named already, with the number of their interactions. */
const noted = new Set<string>();

/**
 * The tape that a killed recorder left beside a cassette. Nothing is written, and the lock stays.
 * @returns `undefined` if there is no tape, it holds no interaction, or a living recorder writes it
 * @throws CassetteError `not-json` if a whole line can't be read
 */
export function readLeftTape(file: string): Tape | undefined {
  const path = tapeOf(file);
  if (!existsSync(path) || isTapeLocked(path)) return undefined;
  const tape = parseTape(path, readFileSync(path, "utf8"));
  return tape !== undefined && tape.takes.length > 0 ? tape : undefined;
}

/**
 * Reads the text of a cassette, merged in memory with the tape that a killed recorder left beside it; a note on stderr
 * names such a tape, once.
 * @throws CassetteError if the cassette or the tape can't be read
 */
export function readMergedText(file: string, check: CheckText): string {
  // The tape first: a recorder that folds it in the meantime makes the cassette newer, and merging twice changes nothing.
  const tape = readLeftTape(file);
  if (tape === undefined) return readCassetteText(file);
  const old = existsSync(file) ? check(file, readCassetteText(file)).cassette : undefined;
  say(file, tape.takes.length);
  return printCassette(mergeTape(old, tape));
}

function say(file: string, interactions: number): void {
  const key = `${file}\0${interactions}`;
  if (noted.has(key)) return;
  noted.add(key);
  const many = interactions === 1 ? "1 interaction" : `${interactions} interactions`;
  note(
    `${tapeOf(file)}: ${many} that a killed recorder left ${interactions === 1 ? "is" : "are"} used from memory; gatetape record --out ${file} writes ${interactions === 1 ? "it" : "them"} into the cassette`,
  );
}
