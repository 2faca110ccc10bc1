/** Folders made and files replaced, whole or not at all. */
export { type KnownTexts, knownTexts } from "./known-texts.ts";
export { makeFolder } from "./make-folder.ts";
export { replaceFile } from "./replace-file.ts";
