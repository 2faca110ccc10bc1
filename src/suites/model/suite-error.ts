import { GatetapeError } from "../../util/index.ts";

export type SuiteErrorCode =
  | "no-match"
  | "profile"
  | "shard"
  | "known-failures"
  | "report"
  | "command"
  | "saved";

/** A run that can't be made as it was asked for. */
export class SuiteError extends GatetapeError<SuiteErrorCode> {
  override readonly name = "SuiteError";
}
