/** The recording log: what a recorder has written so far, parsed and merged in memory. */
export { type CheckText, readLeftTape, readMergedText } from "./left-log.ts";
export { type TapeLock, TapeLockedError, dropStaleLock, lockTape } from "./lock.ts";
export {
  TAPE_SUFFIX,
  type Take,
  type TapePlan,
  cassetteOfTape,
  parseTape,
  printAgain,
  printClosed,
  printTake,
  printTapeHead,
  tapeOf,
} from "./log.ts";
export { KnownRequests, contentOf, mergeTape } from "./merge.ts";
