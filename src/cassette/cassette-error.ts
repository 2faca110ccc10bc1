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
  | "schema"
  | "spec"
  | "leak"
  | "side-file"
  | "ambiguous"
  | "import";

export interface CassetteErrorPlace {
  readonly file: string;
  /** JSON pointer into the file. */
  readonly pointer?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A cassette that can't be used: where, why, and how to fix it. */
export class CassetteError extends Error {
  override readonly name = "CassetteError";
  readonly code: CassetteErrorCode;
  readonly place: CassetteErrorPlace;
  readonly reason: string;
  readonly fix: string;

  constructor(code: CassetteErrorCode, place: CassetteErrorPlace, reason: string, fix: string) {
    const line =
      place.line === undefined ? "" : `:${place.line}${place.column === undefined ? "" : `:${place.column}`}`;
    const pointer = place.pointer === undefined ? "" : ` at ${place.pointer === "" ? "/" : place.pointer}`;
    super(`${place.file}${line}${pointer}: ${reason}\n  fix: ${fix}`);
    this.code = code;
    this.place = place;
    this.reason = reason;
    this.fix = fix;
  }
}
