import { type ErrorLocation, GatetapeError } from "../../../util/index.ts";

export type FaultErrorCode =
  | "syntax"
  | "unknown-fault"
  | "unknown-parameter"
  | "bad-value"
  | "bad-position"
  | "unknown-operation";

/** The text that holds the mistake, and the character (from 1) at which it is. */
export interface FaultErrorLocation extends ErrorLocation {
  readonly fault: string;
  readonly column: number;
}

/** A fault that was asked for in words that gatetape can't follow. */
export class FaultError extends GatetapeError<FaultErrorCode, FaultErrorLocation> {
  override readonly name = "FaultError";
}
