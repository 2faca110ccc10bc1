import { type Needs, type RunTrace, expectedExchanges } from "./run-trace.ts";
import type { Level, Scenario } from "./scenario.ts";

/**
 * `tolerated`: only MAY checks failed. `warn`: a SHOULD check failed. `fail`: a MUST check failed. `not-observable`: the
 * checks could not see what they need. `known`: listed among the known failures.
 */
export type Result = "pass" | "tolerated" | "warn" | "fail" | "hang" | "skipped" | "not-observable" | "known";

export interface VerdictFinding {
  /** Id of the check; `traffic`, `process` or `ends` for findings of the runner itself. */
  readonly check: string;
  readonly needs: Needs;
  readonly level: Level;
  readonly message: string;
}

export interface Verdict {
  /** Name and version of the client. */
  readonly subject: string;
  readonly scenario: string;
  readonly result: Result;
  /** For `known`: the result without the known-failures entry. */
  readonly was?: Result;
  readonly level: Level;
  readonly findings: readonly VerdictFinding[];
  /** Ids of the checks that the client does not expose enough for. */
  readonly unseen?: readonly string[];
  /** Reason for `skipped`, `known` or `not-observable`. */
  readonly reason?: string;
  readonly ms: number;
}

/** Findings of a scenario's checks on one trace. */
export interface Judgement {
  readonly result: Result;
  readonly findings: readonly VerdictFinding[];
  readonly unseen: readonly string[];
}

/** Judges a trace. A pure function, so saved traces can be judged again. */
export function judge(scenario: Scenario, trace: RunTrace): Judgement {
  const findings: VerdictFinding[] = [...noTraffic(scenario, trace)];
  const unseen: string[] = [];
  let blind = false;
  for (const check of scenario.checks) {
    const messages = trace.sees.includes(check.needs) ? check.test(trace) : null;
    if (messages === null) {
      unseen.push(check.id);
      blind ||= check.optional !== true;
      continue;
    }
    const level = check.level ?? scenario.level;
    findings.push(...messages.map((message) => ({ check: check.id, needs: check.needs, level, message })));
  }
  const worst = worstOf(findings);
  return { result: worst === "pass" && blind ? "not-observable" : worst, findings, unseen };
}

/** Fails a client that sends no request of the operation: silence proves nothing. */
function noTraffic(scenario: Scenario, trace: RunTrace): VerdictFinding[] {
  if (expectedExchanges(trace).length > 0) return [];
  const others = trace.exchanges.map(({ request: { method, target } }) => `${method} ${target}`);
  if (others.length === 0 && scenario.localRefusal) return [];
  const error = trace.calls.at(-1)?.outcome?.error;
  const suffix = error ? `; the client raised ${error.kind} ${JSON.stringify(error.message ?? null)}` : "";
  const message =
    others.length === 0
      ? `no request was sent${suffix}`
      : `the client did not request ${scenario.calls[0]?.operation}; it requested ${others.join(", ")}${suffix}`;
  return [{ check: "traffic", needs: "wire", level: "must", message }];
}

/** The worst result among the findings; `pass` without findings. */
export function worstOf(findings: readonly VerdictFinding[]): "pass" | "tolerated" | "warn" | "fail" {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has("must")) return "fail";
  if (levels.has("should")) return "warn";
  return levels.has("may") ? "tolerated" : "pass";
}

/** Whether a verdict makes the run end with exit code 1. A hang in a MAY scenario counts only with `tolerated`. */
export function isBad(verdict: Pick<Verdict, "result" | "level">, failOn: FailOn): boolean {
  switch (verdict.result) {
    case "fail":
      return failOn !== "never";
    case "hang":
      return failOn !== "never" && (verdict.level !== "may" || failOn === "tolerated");
    case "warn":
      return failOn === "warn" || failOn === "tolerated";
    case "tolerated":
      return failOn === "tolerated";
    default:
      return false;
  }
}

/** Mildest result that fails a run. */
export type FailOn = "fail" | "warn" | "tolerated" | "never";
export const FAIL_ON: readonly FailOn[] = ["fail", "warn", "tolerated", "never"];
