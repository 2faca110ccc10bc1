export type SuiteErrorCode = "no-match" | "profile" | "shard" | "known-failures" | "report";

/** What was asked of a run can't be. */
export class SuiteError extends Error {
  override readonly name = "SuiteError";
  readonly code: SuiteErrorCode;

  constructor(code: SuiteErrorCode, message: string, mend: string) {
    super(`${message}\n  mend: ${mend}`);
    this.code = code;
  }
}
