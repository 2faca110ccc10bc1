import { lazyPackage } from "./lazy.ts";

/** The exports of fflate, which reads zip archives; loaded when first needed. */
export const fflate: () => typeof import("fflate") = lazyPackage("fflate");
