import { type Result, type Scenario, SuiteError, type Verdict } from "../../model/index.ts";
import { matches } from "./select.ts";

/** A failure that is known and explained. */
export interface KnownFailure {
  readonly pattern: string;
  readonly reason: string;
  /** In the file that it was read from. */
  readonly line: number;
}

/**
 * Reads a list of `pattern   # reason`, one a line; blank lines and lines of comment are left out.
 * @throws SuiteError for a line without a reason
 */
export function parseKnownFailures(text: string, file: string): KnownFailure[] {
  return text.split(/\r?\n/).flatMap((raw, i) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return [];
    const [, pattern, reason] = /^(\S+)\s+#\s*(\S.*)$/.exec(line) ?? [];
    if (pattern === undefined || reason === undefined)
      throw new SuiteError(
        "known-failures",
        { file, line: i + 1 },
        `is no known failure: ${line}`,
        "write a pattern, then # and the reason: stream/stall-*   # the client has no idle timeout",
      );
    return [{ pattern, reason, line: i + 1 }];
  });
}

/** What a known failure may stand for. */
const FAILURES = new Set<Result>(["fail", "warn", "hang", "tolerated", "not-observable"]);

/** The verdict, marked as known if a pattern is there for it and it is not a pass. */
export function markKnown(verdict: Verdict, known: readonly KnownFailure[]): Verdict {
  const entry = known.find(({ pattern }) => matches(pattern, verdict.scenario));
  if (entry === undefined || !FAILURES.has(verdict.result)) return verdict;
  return { ...verdict, result: "known", was: verdict.result, reason: entry.reason };
}

/** Entries that are no longer true: what they match passes, or they match nothing. */
export function staleEntries(
  known: readonly KnownFailure[],
  verdicts: readonly Verdict[],
  catalogue: readonly Pick<Scenario, "id">[],
): string[] {
  return known.flatMap(({ pattern, line }) => {
    if (!catalogue.some(({ id }) => matches(pattern, id)))
      return [`line ${line}: ${pattern} matches no scenario`];
    // Each scenario counts for the first entry that matches it.
    const own = verdicts.filter(
      ({ scenario }) => known.find((entry) => matches(entry.pattern, scenario))?.line === line,
    );
    return own
      .filter(({ result }) => result === "pass")
      .map(({ scenario }) => `line ${line}: ${scenario} passes now`);
  });
}
