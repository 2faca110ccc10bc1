/** Types that the recorder and its worker share. */
export { OPENAPI_PATH, namedGeneration } from "./generation.ts";
export { RecordError, type RecordErrorCode } from "./record-error.ts";
export { requestTitle } from "./shown.ts";
export {
  type Drift,
  RECORD_MODES,
  type RecordMode,
  type RecordedFile,
  type RecorderEvent,
  type RecorderStats,
  type RecordingSummary,
  type ReplacedText,
  type WithheldInteraction,
  type WorkerJob,
  type WorkerOptions,
  type WorkerResult,
} from "./types.ts";
