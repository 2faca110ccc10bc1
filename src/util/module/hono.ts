import { lazyPackage } from "./lazy.ts";

/** Hono, of which the mock's app is made; loaded when first needed: a request on the mock's own socket goes without it. */
export const hono: () => typeof import("hono") = lazyPackage("hono");

/** Hono's helpers of a route. */
export const honoRoute: () => typeof import("hono/route") = lazyPackage("hono/route");

/** Hono's event streams. */
export const honoStreaming: () => typeof import("hono/streaming") = lazyPackage("hono/streaming");

/** Hono's server on Node's. */
export const honoServer: () => typeof import("@hono/node-server") = lazyPackage("@hono/node-server");

/** The answer that tells Hono's server that all is sent. */
export const honoSent: () => typeof import("@hono/node-server/utils/response") = lazyPackage(
  "@hono/node-server/utils/response",
);
