/** Base64 in texts: large content, and what spells text or an archive. */
export { FILLER_START, blobsIn, isProtocolBase64 } from "./blobs.ts";
export { base64Texts } from "./encoded.ts";
