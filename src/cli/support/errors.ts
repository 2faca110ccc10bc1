import { type ErrorLocation, GatetapeError, problemsOf } from "../../util/index.ts";

/** Maximum number of printed problems; the others are counted. */
const MAX_PRINTED = 20;

export type UsageErrorCode =
  /** The value of an option, or a set of options, is invalid. */
  | "option"
  | "config"
  /** A file does not exist, or it lacks the named member. */
  | "not-found"
  /** A folder was given instead of a file, or a file instead of a folder. */
  | "wrong-kind"
  | "too-large"
  | "unreadable"
  | "unwritable"
  /** A file would be overwritten. */
  | "exists"
  /** A document could not be downloaded. */
  | "fetch"
  /** Questions need a terminal. */
  | "no-terminal"
  /** The user ended the questions. */
  | "stopped";

/** Error for a mistake in the use of a command. */
export class UsageError extends GatetapeError<UsageErrorCode> {
  override readonly name = "UsageError";
  declare readonly fix: string;

  // oxlint-disable-next-line no-useless-constructor -- it makes the fix obligatory
  constructor(
    code: UsageErrorCode,
    location: ErrorLocation,
    reason: string,
    fix: string,
    options?: ErrorOptions,
  ) {
    super(code, location, reason, fix, options);
  }
}

/**
 * Writes an error for people.
 * @returns the exit code: 2 for a mistake of the user, 3 for a fault of gatetape
 */
export function report(error: unknown, write: (text: string) => void): number {
  const say = (text: string): void => write(`gatetape: ${text}\n`);
  if (!(error instanceof GatetapeError)) {
    say(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 3;
  }
  const problems = problemsOf(error);
  for (const problem of problems.slice(0, MAX_PRINTED)) say(problem.message);
  if (problems.length > MAX_PRINTED) {
    const { file } = error.location;
    say(`and ${problems.length - MAX_PRINTED} more problems${file === undefined ? "" : ` in ${file}`}`);
  }
  return 2;
}
