/** Flags, progress and files of reports: parts of the commands that judge. */
export { clientSummary } from "./client-summary.ts";
export { type DriftTarget, addDriftReport, checkDriftTargets, writeDriftReports } from "./drift-files.ts";
export { Progress, coloured } from "./progress.ts";
export { RecordFile, checkTargets, writeReports } from "./record-file.ts";
export { type ClientFlags, type ReportTarget, collectReport, parseCount, parseJobs } from "./report-flags.ts";
