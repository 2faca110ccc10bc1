import { type Lateness, type Needs, type RunTrace, expectedExchanges } from "./run-trace.ts";
import type { Check, Level, Scenario } from "./scenario.ts";

/**
 * `tolerated`: only MAY checks failed. `warn`: a SHOULD check failed. `fail`: a MUST check failed. `not-observable`: the
 * checks could not see what they need. `inconclusive`: the machine was too late for a check that measures time. `known`:
 * listed among the known failures.
 */
export type Result =
  | "pass"
  | "tolerated"
  | "warn"
  | "fail"
  | "hang"
  | "skipped"
  | "not-observable"
  | "inconclusive"
  | "known";

export interface VerdictFinding {
  /** Id of the check; `traffic`, `process` or `ends` for findings of the runner itself. */
  readonly check: string;
  readonly needs: Needs;
  readonly level: Level;
  readonly message: string;
  /** Rule that is violated, where a check cites one. */
  readonly rule?: string;
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
  /** Other scenarios that have to be played with it for the same verdict. */
  readonly together?: readonly string[];
  /** Reason for `skipped`, `known`, `not-observable` or `inconclusive`. */
  readonly reason?: string;
  readonly ms: number;
  /** Whether it fails the run, as the run's `--fail-on` has it. */
  readonly fails?: boolean;
}

/** Findings of a scenario's checks on one trace. */
export interface Judgement {
  readonly result: Result;
  readonly findings: readonly VerdictFinding[];
  readonly unseen: readonly string[];
  /** Reason for `inconclusive`. */
  readonly reason?: string;
}

/** Judges a trace. A pure function, so saved traces can be judged again. */
export function judge(scenario: Scenario, trace: RunTrace): Judgement {
  const unsent = unsentReason(trace);
  if (unsent !== undefined) return { result: "inconclusive", findings: [], unseen: [], reason: unsent };
  const findings: VerdictFinding[] = [...noTraffic(scenario, trace)];
  const unseen: string[] = [];
  const late: VerdictFinding[] = [];
  let blind = false;
  for (const check of scenario.checks) {
    const messages = trace.sees.includes(check.needs) ? check.test(trace) : null;
    if (messages === null) {
      unseen.push(check.id);
      blind ||= check.optional !== true;
      continue;
    }
    const about = { check: check.id, needs: check.needs, level: check.level ?? scenario.level };
    const reason = lateReason(check, trace, messages.length > 0);
    if (reason !== undefined) late.push({ ...about, message: reason });
    else findings.push(...messages.map((message) => ({ ...about, message })));
  }
  const worst = worstOf(findings);
  // A verdict that no late check could make worse stands.
  if (badness(worstOf(late)) > badness(worst))
    return {
      result: "inconclusive",
      findings,
      unseen,
      reason: late.map(({ message }) => message).join("; "),
    };
  return { result: worst === "pass" && blind ? "not-observable" : worst, findings, unseen };
}

/**
 * The reason why the machine was too late for a check; `undefined` if it was not, or if the check measures no time. Time that
 * the client stood in the queue for a processor excuses a failure; it makes no pass doubtful, as it is spread over the run.
 */
function lateReason({ id, margin }: Check, trace: RunTrace, isFailed: boolean): string | undefined {
  const least = margin?.(trace) ?? null;
  const { lateness } = trace;
  if (least === null || lateness === undefined || isOwnFault(lateness)) return undefined;
  const late = Math.max(lateness.longest, isFailed ? (lateness.queued ?? 0) : 0);
  if (late <= least) return undefined;
  return `${id} has a margin of ${Math.round(least)} ms, and the machine was up to ${Math.round(late)} ms late`;
}

/** The part of a call's own time limit that the machine may take before the call has had no time to send its request. */
const SENDING_MARGIN = 1 / 2;

/** The reason why a call that was to be given up after a short time did not come to its request; `undefined` if it did. */
function unsentReason(trace: RunTrace): string | undefined {
  const { lateness, calls } = trace;
  const { cancelAfter, timeoutMs } = calls.at(-1)?.run.control ?? {};
  const limit = cancelAfter !== undefined && "ms" in cancelAfter ? cancelAfter.ms : timeoutMs;
  if (limit === undefined || lateness === undefined || expectedExchanges(trace).length > 0) return undefined;
  const late = Math.max(lateness.longest, lateness.queued ?? 0);
  if (isOwnFault(lateness) || late <= limit * SENDING_MARGIN) return undefined;
  return `no request was sent within the call's ${limit} ms, of which the machine was late for ${Math.round(late)} ms`;
}

/** Share of a processor from which on a client is not excused: what made it late is its own work. */
const OWN_FAULT = 0.5;
/** Share of a processor below which a client that hangs does nothing: it waits, whatever the machine does. */
const AT_REST = 0.02;

const isOwnFault = ({ ownCpu }: Lateness): boolean => ownCpu !== undefined && ownCpu >= OWN_FAULT;

/** Part of a deadline, and the least time (ms), that the machine may take before a hang says nothing about the client. */
const HANG_MARGIN = 1 / 4;
const LEAST_HANG_MARGIN_MS = 1000;

/**
 * Result of a client that did not end by its deadline. For one that worked, all delays of the machine count together; one
 * at rest was only kept waiting if a single delay was long, or if it stood in the queue for a processor.
 */
export function hangResult(
  { deadlineMs, stopAfterMs = deadlineMs }: Pick<Scenario, "deadlineMs" | "stopAfterMs">,
  lateness: Lateness | undefined,
): { readonly result: "hang" | "inconclusive"; readonly reason?: string } {
  if (lateness === undefined || isOwnFault(lateness)) return { result: "hang" };
  const { longest, total, ownCpu = 1, queued = 0 } = lateness;
  const late = Math.max(longest, queued, ownCpu < AT_REST ? 0 : total);
  if (late <= Math.max(LEAST_HANG_MARGIN_MS, stopAfterMs * HANG_MARGIN)) return { result: "hang" };
  return {
    result: "inconclusive",
    reason: `no result within ${stopAfterMs} ms, of which the machine was late for ${Math.round(late)} ms`,
  };
}

/** Largest share of inconclusive verdicts with which a run says something. */
const MOST_INCONCLUSIVE = 1 / 10;

/** Whether more than one in ten verdicts is inconclusive: then the run says nothing about the client. */
export function tooManyInconclusive(verdicts: readonly Pick<Verdict, "result">[]): boolean {
  const played = verdicts.filter(({ result }) => result !== "skipped");
  const inconclusive = played.filter(({ result }) => result === "inconclusive").length;
  return inconclusive > played.length * MOST_INCONCLUSIVE;
}

/** Whether a verdict says something of its subject. */
export function isReached({ result }: Pick<Verdict, "result">): boolean {
  return result !== "skipped" && result !== "not-observable";
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

const badness = (result: ReturnType<typeof worstOf>): number =>
  ["pass", "tolerated", "warn", "fail"].indexOf(result);

/** Whether a verdict makes the run end with exit code 1. A hang in a MAY scenario counts only with `tolerated`. */
export function isBad(verdict: Pick<Verdict, "result" | "level">, failOn: FailOn): boolean {
  switch (verdict.result) {
    case "fail":
      return failOn !== "never";
    case "inconclusive":
      return failOn === "inconclusive";
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

/** Mildest result that fails a run. `inconclusive`: a fail, a hang, or a verdict that the machine was too late for. */
export type FailOn = "fail" | "inconclusive" | "warn" | "tolerated" | "never";
export const FAIL_ON: readonly FailOn[] = ["fail", "inconclusive", "warn", "tolerated", "never"];
