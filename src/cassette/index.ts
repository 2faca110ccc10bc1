export { CassetteError, type CassetteErrorCode, type CassetteErrorPlace } from "./cassette-error.ts";
export { withWaivers } from "./check.ts";
export { decodeBody, encodeBody, encodeElement, type ReadSideFile, type TimedWrite } from "./codec.ts";
export { type Difference } from "./compare.ts";
export { importExchanges, type ImportOptions, parseExchanges, type RawExchange } from "./importer.ts";
export { plainJson } from "./json-source.ts";
export {
  bundledLibrary,
  findCassettes,
  type Library,
  type LibraryEntry,
  type LibraryOptions,
  libraryOf,
  loadLibrary,
} from "./library.ts";
export { checkCassette, hashOf, loadCassette, type LoadedCassette, MAX_CASSETTE_BYTES, problemsOf } from "./loader.ts";
export { type Group, type Matchable, MatchIndex } from "./matching.ts";
export { printCassette } from "./printer.ts";
export { bind, type Bindings, newBindings } from "./redaction.ts";
export { formOf, jsonOf, type MatchRequest, matchRequestOf, splitTarget } from "./request.ts";
export { Pseudonyms } from "./sanitizer.ts";
export { scriptOf } from "./script.ts";
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
