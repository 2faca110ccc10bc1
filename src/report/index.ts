export { exchangeLines, failureText } from "./failure-text.ts";
export { printLine, printReport, REPORT_FORMATS, type ReportFormat } from "./formats.ts";
export { parseRecord, ReportError, reportsOf, summaryOf } from "./read.ts";
