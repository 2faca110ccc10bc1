export type AdapterErrorCode =
  /** The command can't be run. */
  | "command"
  /** It did not introduce itself, or not as an adapter of this protocol. */
  | "hello";

/** The program that was to be an adapter is none, or is no more: nothing can be judged. */
export class AdapterError extends Error {
  override readonly name = "AdapterError";
  readonly code: AdapterErrorCode;

  constructor(code: AdapterErrorCode, message: string, mend: string) {
    super(`${message}\n  mend: ${mend}`);
    this.code = code;
  }
}
