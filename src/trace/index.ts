export { Journal } from "./journal.ts";
export { piecesOf, timelineOf } from "./timeline.ts";
