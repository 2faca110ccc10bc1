export type FaultErrorCode =
  | "syntax"
  | "unknown-fault"
  | "unknown-parameter"
  | "bad-value"
  | "bad-position"
  | "unknown-operation";

/** A fault that was asked for in words that gatetape can't follow. */
export class FaultError extends Error {
  override readonly name = "FaultError";
  readonly code: FaultErrorCode;
  /** What is wrong, without place and fix. */
  readonly reason: string;
  readonly fix: string;
  /** The text that holds the mistake, and the character (from 1) at which it is. */
  readonly text: string;
  readonly column: number;

  constructor(code: FaultErrorCode, place: { text: string; column: number }, reason: string, fix: string) {
    super(`fault ${JSON.stringify(place.text)}, character ${place.column}: ${reason}\n  fix: ${fix}`);
    this.code = code;
    this.text = place.text;
    this.column = place.column;
    this.reason = reason;
    this.fix = fix;
  }
}
