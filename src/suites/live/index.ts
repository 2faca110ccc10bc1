/** Live servers compared with their pinned OpenAPI and with recordings. */
export type { ComparedAnswer } from "./compare-answers.ts";
export {
  type LiveRequest,
  type RecordingOptions,
  type SendLive,
  compareRecordings,
} from "./compare-recordings.ts";
export {
  type AnswerChange,
  type AnswerComparison,
  type ChangedAnswer,
  type ComparedDocument,
  type DriftReport,
  type NotSent,
  type TouchingChange,
} from "./report.ts";
export { type SenderOptions, liveSender } from "./send.ts";
export { touchingChanges } from "./touched.ts";
