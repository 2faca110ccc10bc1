/** The interaction that a request matches: match keys, redacted patterns, ambiguity, the nearest miss. */
export { type Group, type Matchable, exactKey } from "./match-key.ts";
export { MatchIndex } from "./match.ts";
export { type Bindings, bind, newBindings } from "./redaction.ts";
