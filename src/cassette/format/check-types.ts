import type { CassetteErrorCode } from "./cassette-error.ts";
import type { FindingPlace } from "./locations.ts";

export interface CheckedFinding {
  readonly place: FindingPlace;
  readonly message: string;
}

export interface CheckProblem extends CheckedFinding {
  readonly code: CassetteErrorCode;
  readonly fix: string;
}
