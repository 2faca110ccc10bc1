import type { Answer, ExchangeRequest, Source } from "../../exchange/index.ts";
import { scriptFor } from "../client/index.ts";
import { type Scenario, judge } from "../model/index.ts";
import { traceRecord } from "../record/index.ts";
import type { TrafficVerdict } from "./judge.ts";
import { type Observed, runTraceOf } from "./model/index.ts";

const NO_BODY = new Uint8Array(0);

/** Makes a source that answers requests of the scenario's operations with its script and leaves others to later sources. */
export function scenarioSource(scenario: Scenario): Source {
  const operations = new Set<string>(scenario.calls.map(({ operation }) => operation));
  let nth = 0;
  return {
    answer: ({ operation, method, target, json }: ExchangeRequest): Answer | undefined =>
      operations.has(operation?.id ?? "")
        ? {
            by: { kind: "reply", from: "scenario", name: scenario.id },
            script: scriptFor(scenario.answers, { method, target, json, nth: nth++ }),
          }
        : undefined,
  };
}

/**
 * Judges a scenario by its traffic alone, without the outcome. A command may make the call several times: the first call
 * is judged, with all its attempts.
 */
export function judgeScenario(
  scenario: Scenario,
  exchanges: readonly Observed[],
  subject: string,
): TrafficVerdict {
  const answered = exchanges.filter(
    ({ answer: { by } }) => by.kind === "reply" && by.from === "scenario" && by.name === scenario.id,
  );
  const first = answered[0]?.request;
  const own = answered.filter(
    ({ request: { method, target, body = NO_BODY } }) =>
      method === first?.method && target === first.target && Buffer.from(body).equals(first.body ?? NO_BODY),
  );
  const trace = runTraceOf(own);
  const { result, findings, unseen } = judge(scenario, trace);
  const verdict = {
    subject,
    scenario: scenario.id,
    level: scenario.level,
    result,
    findings,
    ms: 0,
    ...(unseen.length > 0 ? { unseen } : {}),
    ...(result === "not-observable"
      ? {
          reason:
            "the traffic does not show the result that the command's user got; an adapter does (gatetape client)",
        }
      : {}),
  };
  return result === "pass" ? { verdict } : { verdict, trace: traceRecord(scenario, verdict, trace) };
}
