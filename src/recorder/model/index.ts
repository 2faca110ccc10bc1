/** Types that the recorder and its worker share. */
export { RecordError, type RecordErrorCode } from "./record-error.ts";
export {
  type Drift,
  type LeakFinding,
  RECORD_MODES,
  type RecordMode,
  type RecordedFile,
  type RecorderEvent,
  type RecorderStats,
  type RecordingSummary,
  type WorkerJob,
  type WorkerOptions,
  type WorkerResult,
} from "./types.ts";
