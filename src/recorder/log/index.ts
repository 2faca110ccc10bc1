/** Recording logs on disk: written, locked, folded into cassettes. */
export { foldLeftLogs, refuseOldLogs } from "./fold-left.ts";
export { LogWriter } from "./writer.ts";
