import { lazyPackage } from "../module/index.ts";

/** The exports of jsonc-parser, which knows the offsets of JSON values; loaded when first needed. */
export const jsonc: () => typeof import("jsonc-parser") = lazyPackage("jsonc-parser");
