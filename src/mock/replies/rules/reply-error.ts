import { GatetapeError } from "../../../util/index.ts";

export type ReplyErrorCode = "not-json" | "schema" | "pattern" | "operation" | "empty";

export interface ReplyErrorLocation {
  /** A config, or the body of a call. */
  readonly file: string;
  readonly pointer: string;
}

/** A reply that can't be given. */
export class ReplyError extends GatetapeError<ReplyErrorCode, ReplyErrorLocation> {
  override readonly name = "ReplyError";
}
