import {
  type LoadedCassette,
  checkCassette,
  checkFolded,
  readCassetteText,
  sideFileReader,
} from "../format/index.ts";
import type { KnownTexts } from "../../util/index.ts";
import { readMergedText } from "../log/index.ts";

/**
 * Reads and validates one cassette: file schema, responses, events and requests against the spec, leak rules, side files.
 * A recording log that a killed recorder left beside it is merged in memory and noted on stderr; nothing is written.
 * @param known texts that were found valid before; one of them is held against the leak rules alone
 * @throws CassetteError with location, reason and fix; of several problems the first, the others as `cause`
 */
export function loadCassette(file: string, known?: KnownTexts): LoadedCassette {
  const text = readMergedText(file, checkFolded);
  const isKnown = known?.has(text) === true;
  const loaded = checkCassette(file, text, sideFileReader(file, text), isKnown);
  if (!isKnown) known?.add(text);
  return loaded;
}

/**
 * Reads and validates one cassette file, without the recording log beside it.
 * @throws CassetteError as `loadCassette` does
 */
export function loadCassetteFile(file: string): LoadedCassette {
  return checkFolded(file, readCassetteText(file));
}
