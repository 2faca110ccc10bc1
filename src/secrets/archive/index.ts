/** Compressed bytes and archives opened, to look for secrets in them. */
export { type Archive, openArchive } from "./open.ts";
