import { join } from "node:path";
import {
  CASSETTE_SUFFIX,
  LOG_SUFFIX,
  cassetteOfLog,
  checkFolded,
  directoryEntries,
  statOf,
} from "../../cassette/index.ts";
import { foldLeftLog } from "./fold.ts";

/**
 * Writes into their cassettes the tapes that killed recorders left: beside a cassette, or in a folder at any depth. For
 * a recorder alone: all others merge in memory.
 * @throws CassetteError if a tape can't be read, or a cassette can't be written: the tape stays
 */
export function foldLeftLogs(path: string): void {
  if (!statOf(path)?.isDirectory()) {
    if (path.endsWith(CASSETTE_SUFFIX)) foldLeftLog(path, checkFolded);
    return;
  }
  for (const entry of directoryEntries(path)) {
    const name = join(path, entry.name);
    if (entry.isDirectory()) foldLeftLogs(name);
    else {
      // A recorder that had nothing to write yet has left a lock alone.
      const log = name.replace(/\.lock$/, "");
      if (log.endsWith(LOG_SUFFIX)) foldLeftLog(cassetteOfLog(log), checkFolded);
    }
  }
}
