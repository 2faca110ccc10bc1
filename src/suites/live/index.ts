/** Live servers compared with their pinned OpenAPI and with recordings. */
export { type SendLive, compareRecordings } from "./compare-recordings.ts";
export { type AnswerChange, type DriftReport, type NotSent, type TouchingChange } from "./report.ts";
export { liveSender } from "./send.ts";
export { touchingChanges } from "./touched.ts";
