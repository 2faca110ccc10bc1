export { Journal } from "./journal.ts";
export { timelineOf } from "./timeline.ts";
export type { FaultNote, Trace } from "./trace.ts";
