import type { Spec } from "../../../openapi/index.ts";
import type { Check, Level, Needs } from "../../model/index.ts";
import { type Observed, type Traffic, runTraceOf } from "./traffic.ts";

/** Finding of a check, with the exchanges that show it. */
export interface TrafficFinding {
  readonly message: string;
  /** Exchanges that show the finding; empty if it is about the command. */
  readonly exchanges: readonly Observed[];
}

/** Judgement over uncontrolled traffic: a pure function with the data to list and weigh it. */
export interface TrafficCheck {
  /** `area/subject`. */
  readonly id: string;
  /** Sentence about the client that holds if the check passes. */
  readonly says: string;
  readonly level: Level;
  readonly needs: Needs;
  /** Harm if the check fails. */
  readonly why: string;
  readonly evidence: readonly string[];
  /** Condition that must occur before the check can judge. */
  readonly seenIf: string;
  /** Returns the problems; `null` if the condition never occurred. */
  readonly test: (traffic: Traffic, context: TrafficContext) => readonly TrafficFinding[] | null;
}

/** Input of checks beside the traffic. */
export interface TrafficContext {
  readonly spec: Spec;
  /** Allowed requests within any second. */
  readonly maxRps?: number;
  /** Allowed attempts of one call. */
  readonly maxAttempts: number;
  /** Members that the request bodies of an operation must have. */
  readonly params: readonly ExpectedParam[];
}

export interface ExpectedParam {
  readonly operation: string;
  readonly name: string;
  readonly value: unknown;
}

/** Makes a test of each exchange of the kind; it returns `null` if there is none. */
export function eachExchange(
  kind: (exchange: Observed, context: TrafficContext) => boolean,
  test: (exchange: Observed, context: TrafficContext, traffic: Traffic) => readonly string[],
): TrafficCheck["test"] {
  return (traffic, context) => {
    const judged = traffic.exchanges.filter((exchange) => kind(exchange, context));
    if (judged.length === 0) return null;
    return judged.flatMap((exchange) =>
      test(exchange, context, traffic).map((message) => ({ message, exchanges: [exchange] })),
    );
  };
}

/** Runs a check of the client suite on some exchanges and returns its messages. */
export function findingMessages(check: Check, exchanges: readonly Observed[]): readonly string[] {
  return check.test(runTraceOf(exchanges)) ?? [];
}
