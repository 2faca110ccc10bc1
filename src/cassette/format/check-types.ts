import type { CassetteErrorCode } from "./cassette-error.ts";
import type { FindingLocation } from "./locations.ts";

export interface CheckedFinding {
  readonly location: FindingLocation;
  readonly message: string;
}

export interface CheckProblem extends CheckedFinding {
  readonly code: CassetteErrorCode;
  readonly fix: string;
}
