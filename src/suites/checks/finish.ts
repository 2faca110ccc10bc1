/** Checks of the finish reason, which clients give in spellings of their own. */
import type { Check } from "../model/index.ts";
import { OK, type Weight, outcomeCheck, shown } from "./check.ts";
import { sentAnswer } from "./sent.ts";

/** Spellings of the wire's reasons in clients and their enumerations, in small letters without any punctuation. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  stop: ["stop", "endturn", "stopsequence", "completed"],
  length: ["length", "maxtokens", "maxoutputtokens"],
  tool_calls: ["toolcalls", "toolcall", "tooluse"],
  content_filter: ["contentfilter", "contentfiltered", "safety"],
};

/** Names for a reason that a client does not know. */
const UNKNOWN = ["other", "unknown"];

/** Whether a client's finish reason means the wire's: `tool-calls`, `TOOL_CALLS` and `ToolCalls` are `tool_calls`. */
export function isFinishReason(got: string, expected: string): boolean {
  if (got === expected) return true;
  const name = got.replace(/^.*finish_?reason[._]*/i, "");
  return (ALIASES[expected] ?? UNKNOWN).includes(name.toLowerCase().replaceAll(/[^a-z]/g, ""));
}

/** Passes if the client reports this finish reason, in any spelling. */
export function finishReason(expected: string, weight: Weight = {}): Check {
  return outcomeCheck("finish-reason", `gives the finish reason ${shown(expected)}`, weight, (outcome) => {
    const got = outcome.final?.finishReason;
    if (got === null || got === undefined) return null;
    return isFinishReason(got, expected) ? OK : [wrong(got, expected)];
  });
}

/** Passes if the user can tell that the answer was cut: by this finish reason, by a mark, or by an error beside it. */
export function cutBy(reason: string, weight: Weight = {}): Check {
  const says = `gives the finish reason ${shown(reason)}, or says otherwise that the answer was cut`;
  return outcomeCheck("finish-reason", says, weight, (outcome) => {
    if (outcome.error || outcome.truncated === true) return OK;
    const got = outcome.final?.finishReason;
    if (got === null || got === undefined) return null;
    return isFinishReason(got, reason) ? OK : [wrong(got, reason)];
  });
}

/** Passes if the client reports the finish reason that the server sent, if it sent one. */
export function finishReasonSent(weight: Weight = {}): Check {
  const says = "gives the finish reason that was sent, if one was";
  return outcomeCheck("finish-reason", says, { optional: true, ...weight }, (outcome, trace) => {
    if (outcome.error) return OK; // another check wants the answer
    const { finishReason: expected } = sentAnswer(trace);
    if (expected === undefined) return OK;
    const got = outcome.final?.finishReason;
    if (got === null || got === undefined) return null;
    return isFinishReason(got, expected) ? OK : [wrong(got, expected)];
  });
}

const wrong = (got: string, expected: string): string =>
  `the finish reason is ${shown(got)}, expected ${shown(expected)}`;
