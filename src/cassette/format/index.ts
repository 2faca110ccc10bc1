/** The cassette format: types, schema, loading, checking, printing, bodies as bytes. */
export { CassetteError, type CassetteErrorCode, type CassetteErrorLocation } from "./cassette-error.ts";
export type { CheckedFinding } from "./check-types.ts";
export { checkInteraction, waiveAll } from "./check.ts";
export { withoutClients } from "./clients.ts";
export { type BetterGeneration, betterGeneration, generationAdvice } from "./generation.ts";
export {
  type ReadSideFile,
  type TimedWrite,
  decodeBody,
  encodeBody,
  encodeElement,
  encodeElements,
  noSideFiles,
} from "./codec.ts";
export { MAX_CASSETTE_BYTES, hashOf, notFound, readCassetteText, statOf } from "./file.ts";
export { parseJsonFile, locationOfPointer } from "./json-file.ts";
export { type LoadedCassette, checkCassette, checkFolded, checkMerged, loadProblems } from "./load.ts";
export { printCassette, printedParts } from "./print.ts";
export {
  type MatchRequest,
  formOf,
  jsonOf,
  matchRequestOf,
  requestBytes,
  spell,
  spellRequest,
  splitTarget,
} from "./request.ts";
export { scriptOf } from "./script.ts";
export { sideFileReader } from "./side-files.ts";
export {
  type About,
  type BodyElement,
  CASSETTE_SUFFIX,
  type Cassette,
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type MatchRule,
  type Origin,
  type Waiver,
} from "./types.ts";
export { schemaProblem } from "./schema.ts";
