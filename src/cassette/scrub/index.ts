/** Secrets and prompts taken out of interactions. */
export { bodyKind } from "./body.ts";
export { type SanitizeConfig, sanitizeRulesOf } from "./config.ts";
export { sanitizeAll, sanitizeInteraction } from "./interaction.ts";
export { PROMPTS, filledRequest, redactPrompts } from "./prompts.ts";
export { parseScrubRules } from "./rules.ts";
export { Scrubber } from "./scrub.ts";
export { blobsToSideFiles } from "./side-blobs.ts";
