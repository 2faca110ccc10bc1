import { problemsOf } from "../../util/index.ts";
import {
  type Cassette,
  CassetteError,
  type ReadSideFile,
  checkCassette,
  parseJsonFile,
  readCassetteText,
  sideFileReader,
  withoutClients,
} from "../format/index.ts";
import { readLeftLog, logFileOf } from "../log/index.ts";

/**
 * Loads a cassette even if it contains secrets, which are to be scrubbed.
 * @throws CassetteError for any other problem, and if a killed recorder left a recording log beside it, which would bring
 * back the scrubbed secrets
 */
export function loadToScrub(file: string): { cassette: Cassette; text: string; readSideFile: ReadSideFile } {
  const left = readLeftLog(file);
  if (left !== undefined) throw notWritten(file, left.entries.length);
  const text = readCassetteText(file);
  const readSideFile = sideFileReader(file, text);
  try {
    return { cassette: checkCassette(file, text, readSideFile).cassette, text, readSideFile };
  } catch (error) {
    const others =
      error instanceof CassetteError ? problemsOf(error).filter(({ code }) => code !== "leak") : [error];
    const [other] = others;
    if (other !== undefined) throw other;
    return { cassette: withoutClients(parseJsonFile(file, text) as Cassette), text, readSideFile };
  }
}

function notWritten(file: string, interactions: number): CassetteError {
  return new CassetteError(
    "unreadable",
    { file: logFileOf(file) },
    `holds what a killed recorder left (interactions: ${interactions}), which would come back unscrubbed`,
    `start gatetape record --out ${file}, which writes it into the cassette; or delete it`,
  );
}
