/** The interaction that a request matches: match keys, credentials, redacted patterns, ambiguity, the nearest miss. */
export { type Credential, credentialKey, credentialOf, credentialsOf, isRefused } from "./credentials.ts";
export {
  type Choice,
  type KeyBindings,
  type KeyNames,
  type Partition,
  choose,
  keyNames,
  partitionOf,
} from "./labels.ts";
export { type Group, type Matchable, exactKey, rememberKeys } from "./match-key.ts";
export { MatchIndex } from "./match.ts";
export { type Bindings, bind, newBindings } from "./redaction.ts";
