/** Secrets and prompts taken out of interactions. */
export { bodyKind } from "./body.ts";
export { type SanitizeConfig, sanitizeRulesOf } from "./config.ts";
export { decodedInteraction, decodedMatch } from "./decode.ts";
export { type HiddenContent, archivedTexts, hiddenContent } from "./hidden.ts";
export { sanitizeAll, sanitizeInteraction } from "./interaction.ts";
export { PROMPTS, filledRequest, redactPrompts } from "./prompts.ts";
export { parseScrubRules } from "./rules.ts";
export { type ScrubbedCassette, Scrubber } from "./scrub.ts";
export { blobsToSideFiles } from "./side-blobs.ts";
