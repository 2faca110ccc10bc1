import { lazyPackage } from "./lazy.ts";

/** The decoder of entities in HTML, as in `&eacute;`; loaded when first needed. */
export const entities: () => typeof import("entities/decode") = lazyPackage("entities/decode");
