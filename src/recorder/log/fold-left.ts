import { join } from "node:path";
import {
  CASSETTE_SUFFIX,
  TAPE_SUFFIX,
  cassetteOfTape,
  checkFolded,
  entriesOf,
  statOf,
} from "../../cassette/index.ts";
import { foldLeftTape } from "./fold.ts";

/**
 * Writes into their cassettes the tapes that killed recorders left: beside a cassette, or in a folder at any depth. For
 * a recorder alone: all others merge in memory.
 * @throws CassetteError if a tape can't be read, or a cassette can't be written: the tape stays
 */
export function foldLeftTapes(path: string): void {
  if (!statOf(path)?.isDirectory()) {
    if (path.endsWith(CASSETTE_SUFFIX)) foldLeftTape(path, checkFolded);
    return;
  }
  for (const entry of entriesOf(path)) {
    const name = join(path, entry.name);
    if (entry.isDirectory()) foldLeftTapes(name);
    else {
      // A recorder that had nothing to write yet has left a lock alone.
      const tape = name.replace(/\.lock$/, "");
      if (tape.endsWith(TAPE_SUFFIX)) foldLeftTape(cassetteOfTape(tape), checkFolded);
    }
  }
}
