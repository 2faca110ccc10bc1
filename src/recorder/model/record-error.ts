import { GatetapeError } from "../../util/index.ts";

export type RecordErrorCode =
  /** The name is not valid for a cassette. */
  | "name"
  | "no-upstream"
  /** The upstream's address can't be used. */
  | "upstream"
  /** `only` does not name one interaction. */
  | "only"
  /** There is no such mode. */
  | "mode"
  /** Another recorder writes the cassette. */
  | "locked"
  /** The existing cassette can't be used. */
  | "cassette"
  | "unreadable"
  | "unwritable"
  /** Interactions could not be written. */
  | "lost"
  /** An interaction still held a secret. */
  | "withheld";

/** A recording that can't be made, or was not kept. */
export class RecordError extends GatetapeError<RecordErrorCode> {
  override readonly name = "RecordError";
}
