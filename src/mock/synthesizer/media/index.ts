/** Transcriptions of sounds, and pages of documents. */
export { media } from "./media.ts";
