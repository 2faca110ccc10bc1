export type SpecErrorCode = "unknown-version" | "bad-erratum";

/** A fault of the pinned specifications or of what was asked of them. */
export class SpecError extends Error {
  override readonly name = "SpecError";
  readonly code: SpecErrorCode;
  constructor(code: SpecErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
