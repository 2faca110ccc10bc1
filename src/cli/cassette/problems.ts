import type { CassetteError } from "../../cassette/index.ts";

/** Reason for refusing a cassette, as JSON. */
export interface Problem {
  readonly file: string;
  readonly line: number | null;
  readonly pointer: string | null;
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
  /** Location, reason and fix in one text. */
  readonly message: string;
}

/** Converts an error to JSON members. */
export function problemsFor({ location, code, reason, fix, message }: CassetteError): Problem {
  return {
    file: location.file,
    line: location.line ?? null,
    pointer: location.pointer ?? null,
    code,
    reason,
    fix,
    message,
  };
}
