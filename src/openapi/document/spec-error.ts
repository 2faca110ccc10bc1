import { GatetapeError } from "../../util/index.ts";

export type SpecErrorCode = "unknown-version" | "bad-erratum";

/** A fault of the pinned specifications, or an unknown version or operation. */
export class SpecError extends GatetapeError<SpecErrorCode> {
  override readonly name = "SpecError";
}
