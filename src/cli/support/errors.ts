import { GatetapeError, problemsOf } from "../../util/index.ts";
import type { Output } from "./io.ts";

/** More problems than this are counted, not printed. */
const MAX_PRINTED = 20;

export type UsageErrorCode =
  /** The value of an option, or a set of options, can't be used. */
  | "option"
  | "config"
  /** There is no such file, or no such thing in it. */
  | "not-found"
  /** A folder where a file is wanted, or a file where a folder is. */
  | "wrong-kind"
  | "too-large"
  | "unreadable"
  | "unwritable"
  /** Something is there that would be overwritten. */
  | "exists"
  /** A document can't be downloaded. */
  | "fetch"
  /** There is no terminal to ask on. */
  | "no-terminal"
  /** The user ended the questions. */
  | "stopped";

/** A mistake in how a command was used. */
export class UsageError extends GatetapeError<UsageErrorCode> {
  override readonly name = "UsageError";
}

/**
 * Prints an error for a person.
 * @returns the exit code: 2 for what the user can repair, 3 for a fault of gatetape
 */
export function report(error: unknown, stderr: Output): number {
  const say = (text: string): void => void stderr.write(`gatetape: ${text}\n`);
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
