import { type Result, type Scenario, SuiteError, type Verdict } from "../../model/index.ts";
import { matches } from "./select.ts";

/** A failure that is known and explained. */
export interface KnownFailure {
  readonly pattern: string;
  readonly reason: string;
  /** Line number in the list, from 1. */
  readonly line: number;
}

/**
 * Parses a list of known failures: `pattern   # reason`, one a line; blank lines and comment lines are ignored.
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
        `is not a known failure: ${line}`,
        "write a pattern, then # and the reason: stream/stall-*   # the client has no idle timeout",
      );
    return [{ pattern, reason, line: i + 1 }];
  });
}

/** Results that a known failure may replace. */
const FAILURES = new Set<Result>(["fail", "warn", "hang", "tolerated", "not-observable"]);

/** Marks a verdict as `known` if it is not a pass and a pattern matches it. */
export function markKnown(verdict: Verdict, known: readonly KnownFailure[]): Verdict {
  const entry = known.find(({ pattern }) => matches(pattern, verdict.scenario));
  if (entry === undefined || !FAILURES.has(verdict.result)) return verdict;
  return { ...verdict, result: "known", was: verdict.result, reason: entry.reason };
}

/** Messages about outdated entries: a matched scenario passes now, or the pattern matches none. */
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
