import { join } from "node:path";
import {
  CASSETTE_SUFFIX,
  LOG_SUFFIX,
  OLD_LOG_SUFFIX,
  cassetteOfLog,
  directoryEntries,
  refuseOldLog,
  statOf,
} from "../../cassette/index.ts";
import { foldLeftLog } from "./fold.ts";

/**
 * Writes the recording logs of killed recorders into their cassettes: the log beside a cassette, or all logs in a folder
 * at any depth. Only recorders do this; all other commands merge in memory.
 * @throws CassetteError if a log can't be read or is of another version, or a cassette can't be written: the log stays
 */
export function foldLeftLogs(path: string): void {
  for (const file of cassettesWithLogs(path)) foldLeftLog(file);
}

/**
 * Refuses recording logs of gatetape 0.1.0 where nothing is written: beside a cassette, or in a folder at any depth.
 * @throws CassetteError `log-version`
 */
export function refuseOldLogs(path: string): void {
  for (const file of cassettesWithLogs(path)) refuseOldLog(file);
}

/** The cassettes below a path that may have a recording log or a lock beside them. */
function cassettesWithLogs(path: string): string[] {
  if (!statOf(path)?.isDirectory()) return path.endsWith(CASSETTE_SUFFIX) ? [path] : [];
  return directoryEntries(path).flatMap((entry) => {
    const name = join(path, entry.name);
    if (entry.isDirectory()) return cassettesWithLogs(name);
    // A recorder that was killed before it wrote anything leaves a lock without a log.
    const log = name.replace(/\.lock$/, "");
    return log.endsWith(LOG_SUFFIX) || name.endsWith(OLD_LOG_SUFFIX) ? [cassetteOfLog(log)] : [];
  });
}
