export { Journal } from "./journal.ts";
export { timelineOf } from "./timeline.ts";
export type { Trace } from "./trace.ts";
