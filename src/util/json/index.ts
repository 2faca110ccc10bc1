/** JSON that keeps the spelling of numbers: reading, printing, comparing, pointers and locations in a text. */
export {
  type Difference,
  canBothHold,
  canName,
  canonicalJson,
  countLeaves,
  differenceSize,
  differences,
  holds,
  without,
} from "./compare.ts";
export { decodeJsonText } from "./encoding.ts";
export { jsonc } from "./jsonc.ts";
export { JsonLocations, LineTable, countUpTo } from "./locations.ts";
export {
  type SourceJson,
  SourceLiteral,
  type SourceObject,
  parseOrderedJson,
  printOrderedJson,
} from "./ordered.ts";
export { jsonValue } from "./value-of.ts";
export { formatPointer, parsePointer } from "./pointer.ts";
export { linesOverWidth, separatedBlocks } from "./lines.ts";
export { printCompact, printInline, printSpaced, printSpacedUnicode } from "./print.ts";
export { startsInArray, endOfValue, memberStart } from "./slices.ts";
export { isSoundJson } from "./sound.ts";
export { MAX_DEPTH, isTooDeep, parseJsonSource, plainJson, withoutBlanks } from "./source.ts";
export { type JsonDefect, walkJson } from "./visit.ts";
