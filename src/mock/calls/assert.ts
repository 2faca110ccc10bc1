import { type Difference, differences, holds, isObject } from "../../util/index.ts";
import { userTexts, systemTexts, toolNames, turnOf } from "../replies/index.ts";
import type { Call, CallFilter } from "./calls.ts";

/** Something whose calls are known: a mock, or the mock of one test's session. */
interface CallSource {
  calls(filter?: CallFilter): readonly Call[];
}

/** Result of an assertion, as vitest and Jest take it. */
interface AssertionResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Number of calls that a message shows. */
const MAX_SHOWN = 5;
/** Length of a value in a message. */
const MAX_VALUE = 80;

/** Asserts that a request was received. */
export function assertReceived(mock: CallSource, filter: CallFilter = {}): AssertionResult {
  const found = mock.calls(filter);
  const pass = found.length > 0;
  return {
    pass,
    message: () =>
      pass
        ? `expected no request ${compactText(filter)}, but ${numberText(found.length)}:\n${callsText(found)}`
        : `expected a request ${compactText(filter)}, but there was none.\n${othersText(mock, filter)}`,
  };
}

/** Asserts that so many requests were received. */
export function assertReceivedTimes(
  mock: CallSource,
  count: number,
  filter: CallFilter = {},
): AssertionResult {
  const found = mock.calls(filter);
  const pass = found.length === count;
  return {
    pass,
    message: () => {
      const wanted = `${count} ${count === 1 ? "request" : "requests"} ${compactText(filter)}`;
      return pass
        ? `expected another number of requests than ${wanted}`
        : `expected ${wanted}, but ${numberText(found.length)}${found.length === 0 ? `.\n${othersText(mock, filter)}` : `:\n${callsText(found)}`}`;
    },
  };
}

function numberText(count: number): string {
  return count === 0 ? "there was none" : count === 1 ? "there was 1" : `there were ${count}`;
}

/** A value on one line. */
function compactText(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (part instanceof RegExp ? String(part) : part));
  return text === undefined
    ? "nothing"
    : text.length > MAX_VALUE
      ? `${text.slice(0, MAX_VALUE - 3)}...`
      : text;
}

/** The last calls that there were, with what of each differs from the filter. */
function othersText(mock: CallSource, filter: CallFilter): string {
  const { session } = filter;
  const all = mock.calls(session === undefined ? {} : { session });
  if (all.length === 0) return "Nothing was requested.";
  return `These were received:\n${callsText(all, (call) => mismatches(mock, call, filter))}`;
}

function callsText(calls: readonly Call[], notes: (call: Call) => readonly string[] = () => []): string {
  const lines = calls.slice(-MAX_SHOWN).flatMap((call) => {
    const { operation, method, target, model } = call;
    const name = operation ?? `${method} ${target}`;
    return [`  ${name}${model === null ? "" : ` of ${model}`}`, ...notes(call).map((text) => `    ${text}`)];
  });
  const left = calls.length - MAX_SHOWN;
  return [...(left > 0 ? [`  … ${left} earlier ones`] : []), ...lines].join("\n");
}

/** Conditions that a call does not fit, with what it has instead. */
function mismatches(mock: CallSource, call: Call, filter: CallFilter): string[] {
  const { session: _, body, ...conditions } = filter;
  const failed = Object.entries(conditions).filter(
    ([name, value]) => !mock.calls({ [name]: value }).some(({ id }) => id === call.id),
  );
  return [
    ...failed.map(
      ([name, value]) => `${name} is ${compactText(conditionValue(call, name))}, not ${compactText(value)}`,
    ),
    ...(body === undefined || holds(body, call.body)
      ? []
      : differences(body, call.body, true).map(differenceText)),
  ];
}

function differenceText({ pointer, recorded, got }: Difference): string {
  return `body${pointer} is ${compactText(got)}, not ${compactText(recorded)}`;
}

/** Value of a call where a filter has a condition. */
function conditionValue(call: Call, name: string): unknown {
  const body = isObject(call.body) ? call.body : {};
  switch (name) {
    case "operation":
      return call.operation;
    case "model":
      return call.model;
    case "status":
      return call.status;
    case "by":
      return call.by.kind;
    case "message":
      return oneOrAll(userTexts(body));
    case "system":
      return oneOrAll(systemTexts(body));
    case "tool":
      return oneOrAll(toolNames(body));
    default:
      return turnOf(body);
  }
}

function oneOrAll(texts: readonly string[]): unknown {
  return texts.length > 1 ? texts : texts[0];
}
