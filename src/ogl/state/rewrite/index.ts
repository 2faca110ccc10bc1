/** Stateful operations of OGL's rewritten part of late 2026, as far as they differ from those before. */
export { rewrittenHandlerOf } from "./handlers.ts";
