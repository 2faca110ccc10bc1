/** Texts: lines, globs, near words, patterns that match. */
export { type Span, allMatches } from "./all-matches.ts";
export { escapeRegExp, globPattern } from "./glob.ts";
export { Lines } from "./lines.ts";
export { type NeedleHit, NeedleTable } from "./needle-table.ts";
export { nearestWord } from "./nearest-word.ts";
export { type IsLetter, hasRun, lettersOf, runsOf } from "./runs.ts";
export { JoinedParts, Spans } from "./spans.ts";
export { capital, detached, latin1 } from "./text.ts";
export { visible, visibleJson, visibleLines } from "./visible.ts";
