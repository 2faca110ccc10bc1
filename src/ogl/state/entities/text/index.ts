/** Texts of uploads: their kind, their content, the chunker; and values of requests made plain. */
export { printableJson } from "./metadata.ts";
export { plainValue } from "./plain.ts";
export { PLAIN, PRESETS } from "./presets.ts";
export { readPdf } from "./pdf.ts";
export {
  MAX_UPLOAD,
  UPLOAD_TOO_LARGE,
  type Upload,
  checkUploadSize,
  kindOfUpload,
  readUpload,
} from "./read-file.ts";
export { splitText } from "./splitter.ts";
