import type { Spec } from "../../../openapi/index.ts";
import type { Check, Level, Needs } from "../../model/index.ts";
import { type Observed, type Traffic, runTraceOf } from "./traffic.ts";

/** What a check found, and where. */
export interface TrafficFinding {
  readonly message: string;
  /** The exchanges to look at; empty where it is about the command. */
  readonly exchanges: readonly Observed[];
}

/** A judgement over traffic that nobody asked for: a pure function, with what is needed to list and to weigh it. */
export interface TrafficCheck {
  /** `area/what`. */
  readonly id: string;
  /** What holds if it is passed, as a sentence about the client. */
  readonly says: string;
  readonly level: Level;
  readonly needs: Needs;
  /** What goes wrong where it is not kept. */
  readonly why: string;
  readonly evidence: readonly string[];
  /** What has to happen before there is anything to judge. */
  readonly seenIf: string;
  /** What is wrong; `null` if nothing of the kind was seen. */
  readonly test: (traffic: Traffic, context: TrafficContext) => readonly TrafficFinding[] | null;
}

/** What checks are told beside the traffic. */
export interface TrafficContext {
  readonly spec: Spec;
  /** More requests than that within a second are too many. */
  readonly maxRps?: number;
  /** More attempts of one call than that are too many. */
  readonly maxAttempts: number;
  /** Members that the bodies of some operation's requests must have. */
  readonly params: readonly ExpectedParam[];
}

export interface ExpectedParam {
  readonly operation: string;
  readonly name: string;
  readonly value: unknown;
}

/** Looks at each exchange for itself; unseen where there is none of the kind. */
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

/** What a check of the client suite says of some exchanges. */
export function findingMessages(check: Check, exchanges: readonly Observed[]): readonly string[] {
  return check.test(runTraceOf(exchanges)) ?? [];
}
