import type { Finding } from "../../openapi/index.ts";
import type { CassetteErrorCode } from "./cassette-error.ts";
import type { FindingLocation } from "./locations.ts";

/** A deviation of an interaction from the spec. */
export interface CheckedFinding {
  readonly location: FindingLocation;
  readonly message: string;
  /** The finding as the validator made it. */
  readonly finding: Finding;
}

/** A reason why an interaction can't be used. */
export interface CheckProblem {
  readonly location: FindingLocation;
  readonly message: string;
  readonly code: CassetteErrorCode;
  readonly fix: string;
}
