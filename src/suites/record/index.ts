/** Record of a run: verdict, trace and end lines. */
export {
  type EndRecord,
  type RecordLine,
  type RunRecord,
  type TraceRecord,
  plannedExchange,
  scheduleOf,
  traceRecord,
  traceRecordOf,
} from "./record.ts";
