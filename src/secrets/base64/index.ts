/** Base64 in texts: large content, and what spells text or an archive; and texts that are spelled by the numbers of their bytes. */
export { FILLER_START, blobsIn, isProtocolBase64 } from "./blobs.ts";
export { base64Texts } from "./encoded.ts";
export { numberedTexts, textOfNumbers } from "./numbers.ts";
