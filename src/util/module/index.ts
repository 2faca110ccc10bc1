/** Packages loaded when they are first needed, and the package's own version. */
export { lazyPackage } from "./lazy.ts";
export { entities } from "./entities.ts";
export { hono, honoRoute, honoSent, honoServer, honoStreaming } from "./hono.ts";
export { fflate } from "./fflate.ts";
export { packageFolder } from "./package-folder.ts";
export { version } from "./version.ts";
