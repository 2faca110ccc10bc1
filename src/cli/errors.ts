import { CassetteError, problemsOf } from "../cassette/index.ts";
import { SpecError } from "../spec/index.ts";
import type { Output } from "./io.ts";

/** More problems than this are counted, not printed. */
const MAX_PRINTED = 20;

/** A mistake in how a command was used. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Known by their names: to import their classes would load a recorder and all scenarios with every command. */
const ERRORS_TOLD = new Set([
  "WorldError",
  "RecordError",
  "UpstreamError",
  "SuiteError",
  "AdapterError",
  "ReportError",
]);
const isTold = (error: unknown): error is Error => error instanceof Error && ERRORS_TOLD.has(error.name);

/** Prints an error for a person and gives the exit code. */
export function report(error: unknown, stderr: Output): number {
  const say = (text: string): void => void stderr.write(`gatetape: ${text}\n`);
  if (error instanceof CassetteError) {
    const problems = problemsOf(error);
    for (const problem of problems.slice(0, MAX_PRINTED)) say(problem.message);
    if (problems.length > MAX_PRINTED)
      say(`and ${problems.length - MAX_PRINTED} more problems in ${error.place.file}`);
    return 2;
  }
  if (error instanceof UsageError || error instanceof SpecError || isTold(error)) {
    say(error.message);
    return 2;
  }
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === "EADDRINUSE") {
    say(
      `port ${port} of ${address} is in use\n  mend: stop what listens there, or choose another with --port (0 takes any free one)`,
    );
    return 2;
  }
  if (code === "EACCES" || code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    say(
      `can't listen on ${address ?? "that address"}${port === undefined ? "" : ` port ${port}`}: ${code}\n  mend: choose another with --host or --port`,
    );
    return 2;
  }
  say(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 3;
}
