export {
  canBothHold,
  canonicalJson,
  countLeaves,
  type Difference,
  differences,
  holds,
  without,
} from "./compare.ts";
export { jsonc } from "./jsonc.ts";
export { countUpTo, type JsonLocation, JsonPlaces, LineTable } from "./locations.ts";
export {
  parseOrderedJson,
  printOrderedJson,
  type SourceJson,
  SourceLiteral,
  type SourceObject,
} from "./ordered.ts";
export { formatPointer, parsePointer } from "./pointer.ts";
export { printCompact, printInline, printSpaced, printSpacedUnicode } from "./print.ts";
export { isTooDeep, MAX_DEPTH, parseJsonSource, plainJson, withoutBlanks } from "./source.ts";
export { type JsonDefect, visitJson } from "./visit.ts";
