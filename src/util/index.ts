export {
  type ErrorLocation,
  GatetapeError,
  type Problem,
  problemsOf,
  problemText,
  toProblem,
  withOthers,
} from "./errors.ts";
export { defined } from "./defined.ts";
export { escapeRegExp, globPattern } from "./glob.ts";
export { isObject } from "./is-object.ts";
export {
  canBothHold,
  canonicalJson,
  countLeaves,
  countUpTo,
  type Difference,
  differences,
  formatPointer,
  holds,
  isTooDeep,
  jsonc,
  type JsonDefect,
  JsonPlaces,
  LineTable,
  MAX_DEPTH,
  parseJsonSource,
  parseOrderedJson,
  parsePointer,
  plainJson,
  printCompact,
  printInline,
  printOrderedJson,
  printSpaced,
  printSpacedUnicode,
  type SourceJson,
  SourceLiteral,
  type SourceObject,
  visitJson,
  without,
  withoutBlanks,
} from "./json/index.ts";
export { lazyPackage } from "./lazy.ts";
export { Lines } from "./lines.ts";
export { makeFolder } from "./make-folder.ts";
export { note, printNotes } from "./note.ts";
export { ProcessGroup, TERM_MS, whyNotStarted } from "./process-group.ts";
export { mulberry32, Random, seedOf } from "./random.ts";
export { replaceFile } from "./replace-file.ts";
export { tenths } from "./tenths.ts";
export { capital, latin1 } from "./text.ts";
export { gpt2 } from "./tokenizer.ts";
export { version } from "./version.ts";
export { within } from "./within.ts";
