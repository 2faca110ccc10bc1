/** The loaded cassettes of a folder, indexed for matching. */
export { deadPointers } from "./dead-pointers.ts";
export { filesOfSession } from "./file-sessions.ts";
export { directoryEntries, findCassettes } from "./find.ts";
export { type KeyNote, keyNotes } from "./key-notes.ts";
export {
  type Library,
  type LibraryEntry,
  type PlainCassette,
  bundledLibrary,
  isBundled,
  libraryOf,
  loadLibrary,
  plainCassette,
} from "./library.ts";
export { loadToScrub } from "./load-to-scrub.ts";
export { type MatchTable, type TableMatch, matchedGroups, indexTable, matchTableOf } from "./match-table.ts";
export { loadCassette, loadCassetteFile } from "./load.ts";
