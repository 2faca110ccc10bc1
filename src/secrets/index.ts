/** Secrets found and replaced by pseudonyms. */
export { type Archive, openArchive } from "./archive/index.ts";
export { archiveHoldsSecret } from "./leaks.ts";
export { FILLER_START, blobsIn } from "./base64/index.ts";
export { rewrite, rewriteParts } from "./edits.ts";
export { ALL_FAMILIES, BLOB_REFERENCE, FAMILIES, isPseudonym, prefixFamily } from "./family.ts";
export { type Documents, filledText, fillerEdits, textFillerEdits } from "./filler.ts";
export { findSecrets } from "./find.ts";
export { strengthsOfItems, strengthsOfMembers } from "./forms/index.ts";
export { isLines } from "./joined.ts";
export { findLeaks, masked, withoutKeys } from "./leaks.ts";
export {
  type Strength,
  credentialHeader,
  isSanitizedCredential,
  isSecretValue,
  pseudonymousCredential,
  splitCredential,
  strengthOfField,
  strengthOfParameter,
} from "./names/index.ts";
export { type People, isPersonMember, peopleOf } from "./people.ts";
export { pseudonymsIn, withPseudonyms } from "./pseudonyms.ts";
export { type Spelled, readable } from "./readable.ts";
export { DEFAULT_RULES, type SanitizeRules } from "./rule-set.ts";
export { type LeakRule, PATTERN_RULES } from "./rules.ts";
export { type BodyKind, type GivenPseudonym, Sanitizer } from "./sanitizer.ts";
export { randomRuns } from "./scan/index.ts";
export { locationOfText, lookAgain, writtenTexts } from "./look-again.ts";
export type { WrittenTexts } from "./scan/index.ts";
