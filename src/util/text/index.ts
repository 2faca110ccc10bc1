/** Texts: lines, globs, near words, patterns that match. */
export { type Span, allMatches } from "./all-matches.ts";
export { escapeRegExp, globPattern } from "./glob.ts";
export { Lines } from "./lines.ts";
export { nearestWord } from "./nearest-word.ts";
export { capital, latin1 } from "./text.ts";
