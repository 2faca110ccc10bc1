import { type ErrorLocation, GatetapeError } from "../../../util/index.ts";

export type FaultErrorCode =
  | "syntax"
  | "unknown-fault"
  | "unknown-parameter"
  | "bad-value"
  | "bad-position"
  | "unknown-operation";

/** Location of the mistake: the fault's text and the character (from 1). */
export interface FaultErrorLocation extends ErrorLocation {
  readonly fault: string;
  readonly column: number;
}

/** Error for a fault that gatetape cannot parse or apply. */
export class FaultError extends GatetapeError<FaultErrorCode, FaultErrorLocation> {
  override readonly name = "FaultError";
}
