import { problemsOf } from "../util/index.ts";
import { CassetteError } from "./cassette-error.ts";
import { readCassetteText } from "./cassette-file.ts";
import type { ReadSideFile } from "./codec.ts";
import { parseJsonFile } from "./json-file.ts";
import { checkCassette } from "./loader.ts";
import { sideFileReader } from "./side-files.ts";
import type { Cassette } from "./types.ts";

/**
 * Loads a cassette though secrets stand in it: they are what it is loaded for.
 * @throws CassetteError for any other problem
 */
export function loadToScrub(file: string): { cassette: Cassette; text: string; readSideFile: ReadSideFile } {
  const text = readCassetteText(file);
  const readSideFile = sideFileReader(file, text);
  try {
    return { cassette: checkCassette(file, text, readSideFile).cassette, text, readSideFile };
  } catch (error) {
    const others =
      error instanceof CassetteError ? problemsOf(error).filter(({ code }) => code !== "leak") : [error];
    const [other] = others;
    if (other !== undefined) throw other;
    return { cassette: parseJsonFile(file, text) as Cassette, text, readSideFile };
  }
}
