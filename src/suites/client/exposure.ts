import {
  type Check,
  type Outcome,
  type RunTrace,
  type Scenario,
  type Verdict,
  type VerdictFinding,
  lastOutcome,
  worstOf,
} from "../model/index.ts";

/** Scenario with its verdict and the trace behind it. */
export interface Judged {
  readonly scenario: Scenario;
  readonly verdict: Verdict;
  readonly trace: RunTrace;
}

/** Parts of an outcome, by the ids of the checks that look at them. */
const PARTS: Readonly<Record<string, (outcome: Outcome) => unknown>> = {
  text: ({ final }) => final?.text,
  "text-or-error": ({ final }) => final?.text,
  "tool-calls": ({ final }) => final?.toolCalls,
  "finish-reason": ({ final }) => final?.finishReason,
  usage: ({ final }) => final?.usage,
  embeddings: ({ embeddings }) => embeddings,
  models: ({ models }) => models,
  model: ({ model }) => model,
};

/** Part of an outcome that both kinds of checks of the text look at. */
const subjectOf = (check: string): string => (check === "text-or-error" ? "text" : check);

/**
 * Parts of answers that a client exposes. A client that gives a part in one scenario and not in another of the same
 * operation has lost it there; a client that never gives it does not expose it.
 */
export class Exposure {
  /** The scenario in which a part was given, by operation and part. */
  readonly #given = new Map<string, string>();
  readonly #blind = new Map<string, Judged>();

  /**
   * Takes a verdict.
   * @returns it, and the earlier ones that it changes, each with what is lost among its findings
   */
  take(one: Judged): Judged[] {
    this.#note(one);
    if (this.#lacking(one).length > 0) this.#blind.set(one.scenario.id, one);
    const changed = [...this.#blind.values()].flatMap((earlier) => this.#losses(earlier));
    for (const judged of changed) this.#blind.set(judged.scenario.id, judged);
    return changed.some(({ scenario }) => scenario.id === one.scenario.id) ? changed : [one, ...changed];
  }

  #note({ scenario, trace }: Judged): void {
    const outcome = lastOutcome(trace);
    if (outcome === undefined) return;
    for (const [check, partOf] of Object.entries(PARTS)) {
      const key = partKey(scenario, check);
      const value = partOf(outcome);
      if (value !== undefined && value !== null && !this.#given.has(key)) this.#given.set(key, scenario.id);
    }
  }

  /** Checks that saw nothing of a part that was sent. Where another check has a finding, that is the reason. */
  #lacking({ scenario, verdict, trace }: Judged): Check[] {
    if (verdict.result === "inconclusive" || verdict.findings.length > 0 || lastOutcome(trace)?.error)
      return [];
    return scenario.checks.filter(({ id }) => id in PARTS && verdict.unseen?.includes(id) === true);
  }

  #losses(judged: Judged): Judged[] {
    const { scenario, verdict } = judged;
    const lost = this.#lacking(judged).flatMap((check) => {
      const where = this.#given.get(partKey(scenario, check.id));
      return where === undefined ? [] : [{ check, where }];
    });
    if (lost.length === 0) return [];
    const findings = [...verdict.findings, ...lost.map(({ check, where }) => lossOf(scenario, check, where))];
    const { unseen: before = [], reason: _, ...rest } = verdict;
    const unseen = before.filter((id) => !lost.some(({ check }) => check.id === id));
    const together = [...new Set(lost.map(({ where }) => where))];
    return [
      {
        ...judged,
        verdict: {
          ...rest,
          result: worstOf(findings),
          findings,
          together,
          ...(unseen.length > 0 ? { unseen } : {}),
        },
      },
    ];
  }
}

function partKey({ calls }: Scenario, check: string): string {
  return `${calls.at(-1)?.operation} ${subjectOf(check)}`;
}

/** Finding of a lost part: a warning at least. */
function lossOf(
  scenario: Scenario,
  { id, needs, level = scenario.level }: Check,
  where: string,
): VerdictFinding {
  return {
    check: id,
    needs,
    level: level === "must" ? "must" : "should",
    message: `the ${subjectOf(id).replaceAll("-", " ")} is lost: the server sent it, and the client gives it in ${where}`,
  };
}
