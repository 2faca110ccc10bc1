export type SuiteErrorCode =
  | "no-match"
  | "profile"
  | "shard"
  | "known-failures"
  | "report"
  | "command"
  | "saved";

/** What was asked of a run can't be. */
export class SuiteError extends Error {
  override readonly name = "SuiteError";
  readonly code: SuiteErrorCode;

  constructor(code: SuiteErrorCode, message: string, fix: string) {
    super(`${message}\n  fix: ${fix}`);
    this.code = code;
  }
}
