/** Packages loaded when they are first needed, and the package's own version. */
export { lazyPackage } from "./lazy.ts";
export { entities } from "./entities.ts";
export { gpt2 } from "./tokenizer.ts";
export { fflate } from "./fflate.ts";
export { version } from "./version.ts";
