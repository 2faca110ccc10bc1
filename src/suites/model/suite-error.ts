import { GatetapeError } from "../../util/index.ts";

export type SuiteErrorCode =
  | "no-match"
  | "profile"
  | "shard"
  | "known-failures"
  | "report"
  | "command"
  | "journal"
  | "unreachable"
  | "saved"
  | "refused-key";

/** Error for invalid options or input of a run. */
export class SuiteError extends GatetapeError<SuiteErrorCode> {
  override readonly name = "SuiteError";
}
