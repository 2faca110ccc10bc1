export { Journal } from "./journal.ts";
export { piecesOf, timelineOf } from "./timeline.ts";
export type { FaultNote, Trace } from "./trace.ts";
