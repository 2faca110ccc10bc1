/** The recorder: modes, the recording worker, and what it writes to disk. */
export {
  RecordError,
  type RecordErrorCode,
  type RecordMode,
  type RecorderEvent,
  type RecorderStats,
  type RecordingSummary,
} from "./model/index.ts";
export { type RecorderOptions, type RunningRecorder, startRecorder } from "./recorder.ts";
export { type CassetteOptions, type CassetteSession, cassetteFile, withCassette } from "./with-cassette.ts";
