import {
  type LoadedCassette,
  checkCassette,
  checkFolded,
  readCassetteText,
  sideFileReader,
} from "../format/index.ts";
import { readMergedText } from "../log/index.ts";

/**
 * Reads and validates one cassette: file schema, responses, events and requests against the spec, leak rules, side files.
 * A recording log that a killed recorder left beside it is merged in memory and noted on stderr; nothing is written.
 * @throws CassetteError with location, reason and fix; of several problems the first, the others as `cause`
 */
export function loadCassette(file: string): LoadedCassette {
  const text = readMergedText(file, checkFolded);
  return checkCassette(file, text, sideFileReader(file, text));
}

/**
 * Reads and validates one cassette file, without the recording log beside it.
 * @throws CassetteError as `loadCassette` does
 */
export function loadCassetteFile(file: string): LoadedCassette {
  return checkFolded(file, readCassetteText(file));
}
