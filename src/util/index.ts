/** Small helpers without knowledge of HTTP or OGL: errors, lazy loading, atomic writes, globs, seeded random, process groups, lines. */
export { Collector, LARGE_BYTES, collectAllGarbage, keepYoungSpaceSmall } from "./collector.ts";
export { type OwnSchema, newAjv, validatorOf } from "./ajv.ts";
export { builtValidator } from "./built-validators.ts";
export { defined } from "./defined.ts";
export {
  type ErrorLocation,
  GatetapeError,
  type Problem,
  problemText,
  problemsOf,
  toProblem,
  withOthers,
} from "./errors.ts";
export { type KnownTexts, knownTexts, makeFolder, replaceFile } from "./files/index.ts";
export { type TextToken, countGpt2, tokenizeGpt2 } from "./gpt2/index.ts";
export { isObject } from "./is-object.ts";
export {
  type Difference,
  type JsonDefect,
  JsonLocations,
  LineTable,
  MAX_DEPTH,
  type SourceJson,
  SourceLiteral,
  type SourceObject,
  canBothHold,
  canName,
  canonicalJson,
  countLeaves,
  countUpTo,
  decodeJsonText,
  differenceSize,
  differences,
  jsonValue,
  startsInArray,
  endOfValue,
  formatPointer,
  holds,
  isSoundJson,
  isTooDeep,
  jsonc,
  linesOverWidth,
  memberStart,
  parseJsonSource,
  parseOrderedJson,
  parsePointer,
  plainJson,
  printCompact,
  printInline,
  printOrderedJson,
  printSpaced,
  printSpacedUnicode,
  separatedBlocks,
  walkJson,
  without,
  withoutBlanks,
} from "./json/index.ts";
export {
  entities,
  fflate,
  hono,
  honoRoute,
  honoSent,
  honoServer,
  honoStreaming,
  packageFolder,
  version,
} from "./module/index.ts";
export { note, onNote } from "./note.ts";
export { processStat } from "./process/index.ts";
export { type CpuUse, longestQueued, ownCpuUse } from "./cpu-use.ts";
export { ProcessGroup, TERM_MS, whyNotStarted } from "./process-group.ts";
export { Random, mulberry32, seedOf } from "./random.ts";
export { RecentMap, TwoGenerations } from "./maps/index.ts";
export { explainSchemaError, shortValue } from "./schema-error.ts";
export { timeLimited } from "./time-limited.ts";
export { tenths } from "./tenths.ts";
export {
  Lines,
  type NeedleHit,
  JoinedParts,
  NeedleTable,
  type Span,
  type IsLetter,
  Spans,
  allMatches,
  capital,
  detached,
  escapeRegExp,
  globPattern,
  hasRun,
  latin1,
  lettersOf,
  nearestWord,
  runsOf,
  visible,
  visibleJson,
  visibleLines,
} from "./text/index.ts";
export { within } from "./within.ts";
