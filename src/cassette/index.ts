export { CassetteError, type CassetteErrorCode, type CassetteErrorLocation } from "./cassette-error.ts";
export { hashOf, MAX_CASSETTE_BYTES } from "./cassette-file.ts";
export { checkInteraction, withWaivers } from "./check.ts";
export { decodeBody, encodeBody, encodeElement, type ReadSideFile, type TimedWrite } from "./codec.ts";
export { diffCassettes, diffInteractions, type DiffSide } from "./diff.ts";
export { type CassetteDiff, type Change, type InteractionDiff } from "./diff-types.ts";
export { exportHar, type HarExportOptions } from "./har-export.ts";
export { harExchanges } from "./har-exchanges.ts";
export { type HarImport, type HarImportOptions, type HarAdjustment, importHar } from "./har-import.ts";
export type { Har, HarEntry } from "./har-types.ts";
export { findCassettes } from "./find-cassettes.ts";
export {
  draftOfExchange,
  importExchanges,
  type ImportOptions,
  parseExchanges,
  type RawExchange,
} from "./importer.ts";
export { parseJsonFile } from "./json-file.ts";
export {
  bundledLibrary,
  type Library,
  type LibraryEntry,
  type LibraryOptions,
  libraryOf,
  loadLibrary,
} from "./library.ts";
export { masked } from "./leaks.ts";
export { readLeftTape } from "./left-tape.ts";
export { loadCassette, loadCassetteFile } from "./load-merged.ts";
export { checkCassette, checkFolded, type LoadedCassette } from "./loader.ts";
export { MatchIndex } from "./matching.ts";
export { printCassette } from "./printer.ts";
export { PROMPTS, redactPrompts } from "./redact-prompts.ts";
export { bind, type Bindings, newBindings } from "./redaction.ts";
export { formOf, jsonOf, type MatchRequest, matchRequestOf, requestBytes, splitTarget } from "./request.ts";
export {
  printAgain,
  printClosed,
  printTake,
  printTapeHead,
  parseTape,
  type Take,
  type Tape,
  tapeOf,
  type TapePlan,
} from "./tape.ts";
export { foldLeftTapes } from "./fold-left-tapes.ts";
export { foldTape } from "./tape-fold.ts";
export { lockTape, type TapeLock, TapeLockedError } from "./tape-lock.ts";
export { contentOf, KnownRequests, mergeTape } from "./tape-merge.ts";
export { pseudonymsIn } from "./pseudonyms-in.ts";
export { type SanitizeConfig, type SanitizePattern, sanitizeRulesOf } from "./sanitize-config.ts";
export { sanitizeAll, type SanitizeContext, sanitizeInteraction } from "./sanitize-interaction.ts";
export type { SanitizeRules } from "./sanitize/rule-set.ts";
export { type BodyKind, Sanitizer, type SanitizerOptions } from "./sanitizer.ts";
export { blobsToSideFiles } from "./side-blobs.ts";
export { scriptOf } from "./script.ts";
export { type Group, type Matchable } from "./slots.ts";
export { type Replacement, type ScrubbedCassette, Scrubber } from "./scrub.ts";
export { loadToScrub } from "./scrub-load.ts";
export { parseScrubRules } from "./scrub-rules.ts";
export {
  type About,
  type BodyElement,
  type Cassette,
  CASSETTE_SUFFIX,
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type MatchRule,
  type Origin,
  type Waiver,
} from "./types.ts";
