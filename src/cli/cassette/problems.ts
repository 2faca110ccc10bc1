import type { CassetteError } from "../../cassette/index.ts";

/** A reason why a cassette was refused, for programs. */
export interface Problem {
  readonly file: string;
  readonly line: number | null;
  readonly pointer: string | null;
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
  /** The same in one text. */
  readonly message: string;
}

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
