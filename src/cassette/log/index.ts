/** The recording log: what a recorder has written so far, parsed and merged in memory. */
export { readLeftLog, readMergedText, refuseOldLog } from "./left-log.ts";
export {
  type LogLock,
  LogLockedError,
  type ProcessId,
  awaitWorker,
  dropStaleLock,
  lockLog,
  ownProcess,
} from "./lock.ts";
export {
  LOG_SUFFIX,
  OLD_LOG_SUFFIX,
  type LogEntry,
  type LogHead,
  cassetteOfLog,
  entryId,
  lineId,
  parseEntry,
  parseLog,
  printAgain,
  printClosed,
  printEntry,
  printLogHead,
  logFileOf,
} from "./log.ts";
export { KnownRequests, contentHash, mergeLog } from "./merge.ts";
