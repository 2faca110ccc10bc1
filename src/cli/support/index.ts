/** Functions that several commands share. */
export { CONFIG_NAMES, addConfigOptions, withConfig } from "./config.ts";
export { UsageError, report } from "./errors.ts";
export { invocationOf } from "./invocation.ts";
export {
  type CommandIo,
  type Io,
  type Output,
  type Unsubscribe,
  commandIo,
  located,
  onFirstSignals,
  onSignals,
} from "./io.ts";
export { banner, keyOf, readyLine } from "./mock-banner.ts";
export { readBytes, readTextFile, statNamed } from "./read-file.ts";
export { MAX_LISTED, countByRule, findingText, replacedLines, withheldLines } from "./replaced.ts";
export {
  type SanitizeFlags,
  addRedactOption,
  addSanitizeOptions,
  sanitizeConfig,
  sanitizeRules,
} from "./sanitize.ts";
export { LossyOutput } from "./lossy-output.ts";
export { explainFault, MIB, locatedServing, servingOptions } from "./serving.ts";
export { certificateFile, keyFrom, variables } from "./upstream.ts";
export { shellQuoted } from "./shell.ts";
export { count } from "./words.ts";
export { mustBeWritable, writeFileAtomically } from "./write-file.ts";
