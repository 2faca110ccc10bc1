/** Reports of a run's record: NDJSON, JSON, JUnit, Markdown, GitHub annotations, a badge; and of drift. */
export { DRIFT_FORMATS, type DriftFormat, countDrift, driftText, printDrift } from "./drift.ts";
export { exchangeLines, failureText } from "./failure-text.ts";
export { REPORT_FORMATS, type ReportFormat, printLine, printReport } from "./formats.ts";
export { rerunCommand } from "./rerun.ts";
export { parseRecord, summaryOf } from "./read.ts";
