/** Texts of uploads: their kind, their content, the chunker; and values of requests made plain. */
export { printableJson } from "./metadata.ts";
export { plainValue } from "./plain.ts";
export { PLAIN, PRESETS } from "./presets.ts";
export { type Upload, checkUploadSize, kindOfUpload, readUpload } from "./read-file.ts";
export { MAX_UPLOAD } from "./read-file.ts";
export { splitText } from "./splitter.ts";
