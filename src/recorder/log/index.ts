/** Recording logs on disk: written, locked, folded into cassettes. */
export { foldLeftLogs, refuseOldLogs } from "./fold-left-logs.ts";
export { LogWriter } from "./writer.ts";
