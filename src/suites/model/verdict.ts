import { type Needs, type RunTrace, expectedExchanges } from "./run-trace.ts";
import type { Level, Scenario } from "./scenario.ts";

/**
 * `tolerated`: only a MAY was not kept. `warn`: a SHOULD. `fail`: a MUST. `not-observable`: what is needed could not be
 * seen, so nothing is said. `known`: listed among the known failures.
 */
export type Result = "pass" | "tolerated" | "warn" | "fail" | "hang" | "skipped" | "not-observable" | "known";

export interface VerdictFinding {
  /** The check that found it; `traffic`, `process` or `ends` where none was needed. */
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
  /** For `known`: what it would have been. */
  readonly was?: Result;
  readonly level: Level;
  readonly findings: readonly VerdictFinding[];
  /** Checks for which the client did not expose what they need. */
  readonly unseen?: readonly string[];
  /** Why it was skipped, or why it is known. */
  readonly reason?: string;
  readonly ms: number;
}

/** What the checks of a scenario say of a trace. */
export interface Judgement {
  readonly result: Result;
  readonly findings: readonly VerdictFinding[];
  readonly unseen: readonly string[];
}

/** Judges a trace: pure, so that a saved one can be judged again. */
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

/** A client that asks nothing can't be judged by its silence. */
function noTraffic(scenario: Scenario, trace: RunTrace): VerdictFinding[] {
  if (expectedExchanges(trace).length > 0) return [];
  const others = trace.exchanges.map(({ request: { method, target } }) => `${method} ${target}`);
  if (others.length === 0 && scenario.localRefusal) return [];
  const error = trace.calls.at(-1)?.outcome?.error;
  const suffix = error ? `; the client raised ${error.kind} ${JSON.stringify(error.message ?? null)}` : "";
  const message =
    others.length === 0
      ? `no request was sent${suffix}`
      : `the operation ${scenario.calls[0]?.operation} was not asked; asked was ${others.join(", ")}${suffix}`;
  return [{ check: "traffic", needs: "wire", level: "must", message }];
}

export function worstOf(findings: readonly VerdictFinding[]): "pass" | "tolerated" | "warn" | "fail" {
  const levels = new Set(findings.map(({ level }) => level));
  if (levels.has("must")) return "fail";
  if (levels.has("should")) return "warn";
  return levels.has("may") ? "tolerated" : "pass";
}

/** True for a verdict that makes a run end with exit code 1. A hang where an answer in time is a MAY is no such. */
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

/** From which verdict on a run has failed. */
export type FailOn = "fail" | "warn" | "tolerated" | "never";
export const FAIL_ON: readonly FailOn[] = ["fail", "warn", "tolerated", "never"];
