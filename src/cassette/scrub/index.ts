/** Secrets and prompts taken out of interactions. */
export { scrubAbout } from "./about.ts";
export { bodyKind } from "./body.ts";
export { type LeakFinding, type Replacement, cleaned, cleanedAll } from "./cleaned.ts";
export { type SanitizeConfig, sanitizeRulesOf } from "./config.ts";
export { decodedInteraction, decodedMatch } from "./decode.ts";
export { PROMPTS, filledRequest, redactPrompts } from "./prompts.ts";
export { parseScrubRules } from "./rules.ts";
export { type ScrubSource, type ScrubbedCassette, Scrubber } from "./scrub.ts";
export { blobsToSideFiles } from "./side-blobs.ts";
