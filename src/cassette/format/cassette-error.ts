import { type ErrorLocation, GatetapeError } from "../../util/index.ts";

export type CassetteErrorCode =
  | "not-found"
  | "unreadable"
  | "too-large"
  | "outside-folder"
  | "not-utf8"
  | "not-json"
  | "duplicate-key"
  | "too-deep"
  | "newer-version"
  /** A recording log of another version lies beside the cassette. */
  | "log-version"
  | "schema"
  | "spec"
  | "leak"
  | "side-file"
  | "ambiguous"
  | "import";

/** The location of a mistake in a cassette; `file` is always known. */
export interface CassetteErrorLocation extends ErrorLocation {
  readonly file: string;
}

/** A cassette that can't be used: where, why, and how to fix it. */
export class CassetteError extends GatetapeError<CassetteErrorCode, CassetteErrorLocation> {
  override readonly name = "CassetteError";
  declare readonly fix: string;

  // oxlint-disable-next-line no-useless-constructor -- it makes the fix obligatory
  constructor(code: CassetteErrorCode, location: CassetteErrorLocation, reason: string, fix: string) {
    super(code, location, reason, fix);
  }
}
