export { type RecorderOptions, type RunningRecorder, startRecorder } from "./recorder.ts";
export { cassetteFile, type CassetteOptions, type CassetteSession, withCassette } from "./with-cassette.ts";
export { RecordError, type RecordErrorCode } from "./record-error.ts";
export {
  RECORD_MODES,
  type RecorderEvent,
  type RecorderStats,
  type RecordingSummary,
  type RecordMode,
} from "./types.ts";
