/** Checks of delivered results: text, tool calls, usage, vectors, models. */
import { isDeepStrictEqual } from "node:util";
import type { Check, Outcome, ToolCall } from "../model/index.ts";
import { OK, type Weight, outcomeCheck, shown } from "./check.ts";

/** Passes if the text is exactly this one and the client raised no error. */
export function text(expected: string, weight: Weight = {}): Check {
  return outcomeCheck("text", `gives exactly the text ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected the text ${shown(expected)}, but the client raised ${error}`];
    const got = outcomeText(outcome);
    if (got === undefined) return null;
    return got === expected ? OK : [differingText(expected, got)];
  });
}

/** Text that the user received. A client that handed out no event has given no text, whatever its `final` holds. */
export function outcomeText({ final, events }: Outcome): string | undefined {
  return final?.text ?? (final && events === 0 ? "" : undefined);
}

/** Passes if the surfaced text is a beginning of `whole`: nothing made up, nothing twice. */
export function textBegins(whole: string, weight: Weight = {}): Check {
  return outcomeCheck("partial-text", `gives no text that was not sent`, weight, (outcome) => {
    const got = outcome.final?.text;
    if (got === null || got === undefined) return null;
    return whole.startsWith(got)
      ? OK
      : [`${shown(got)} was surfaced, which is no beginning of what was sent: ${shown(whole)}`];
  });
}

function differingText(expected: string, got: string): string {
  let at = 0;
  while (at < expected.length && expected[at] === got[at]) at++;
  const where = expected.startsWith(got)
    ? `cut after ${got.length} of ${expected.length} characters`
    : `differs from character ${at}: ${shown(got.slice(at, at + 24))} instead of ${shown(expected.slice(at, at + 24))}`;
  return `the text is ${shown(got)}, expected ${shown(expected)} (${where})`;
}

/** Passes if these are the tool calls, with arguments compared as exact strings. */
export function toolCalls(expected: readonly ToolCall[], weight: Weight = {}): Check {
  return outcomeCheck("tool-calls", `gives the tool calls ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected tool calls, but the client raised ${error}`];
    const got = outcome.final?.toolCalls;
    if (got === null || got === undefined) return null;
    return isDeepStrictEqual(got.map(plain), expected.map(plain))
      ? OK
      : [`the tool calls are ${shown(got)}, expected ${shown(expected)}`];
  });
}

const plain = (call: ToolCall): unknown[] => [call.id ?? null, call.name ?? null, call.arguments ?? null];

/** Passes if no tool call has the joined arguments of several sent ones. */
export function noGluedArguments(allowed: readonly string[], weight: Weight = {}): Check {
  const says = `never glues the arguments of two tool calls`;
  return outcomeCheck("tool-arguments", says, weight, (outcome) => {
    if (outcome.error) return OK;
    const got = outcome.final?.toolCalls;
    if (got === null || got === undefined) return null;
    const glued = got.filter((call) => !allowed.includes(call.arguments ?? ""));
    const problems = glued.map(
      (call) => `the arguments ${shown(call.arguments)} belong to no call that was sent`,
    );
    if (glued.length === 0 && got.length < allowed.length)
      problems.push(
        `${got.length} of ${allowed.length} tool calls are there, and no error was raised: ${shown(got)}`,
      );
    return problems;
  });
}

/** Passes if the client reports this finish reason. */
export function finishReason(expected: string, weight: Weight = {}): Check {
  return outcomeCheck("finish-reason", `gives the finish reason ${shown(expected)}`, weight, (outcome) => {
    const got = outcome.final?.finishReason;
    if (got === null || got === undefined) return null;
    return got === expected ? OK : [`the finish reason is ${shown(got)}, expected ${shown(expected)}`];
  });
}

/** Names under which clients report the three numbers. */
const USAGE_NAMES: readonly (readonly string[])[] = [
  ["prompt_tokens", "promptTokens", "input_tokens", "inputTokens"],
  ["completion_tokens", "completionTokens", "output_tokens", "outputTokens"],
  ["total_tokens", "totalTokens"],
];

/** Passes if prompt, completion and total tokens are these, under any name that clients have for them. */
export function usage(prompt: number, completion: number, weight: Weight = {}): Check {
  const says = `gives the usage ${prompt} + ${completion} = ${prompt + completion} tokens, once`;
  return outcomeCheck("usage", says, weight, (outcome) => {
    const got = outcome.final?.usage;
    if (got === null || got === undefined) return null;
    const wrong = [prompt, completion, prompt + completion].flatMap((wanted, i) => {
      const name = USAGE_NAMES[i]?.find((candidate) => candidate in got);
      return name === undefined || got[name] === wanted
        ? []
        : [`${name} is ${shown(got[name])}, expected ${wanted}`];
    });
    return wrong;
  });
}

/** Passes if a member that OGL adds to usage has this value; optional, since many clients drop unknown members. */
export function usageMember(path: readonly string[], expected: unknown, weight: Weight = {}): Check {
  const name = path.join(".");
  const optional = { optional: true, ...weight };
  return outcomeCheck(`usage-${name}`, `gives usage.${name} as ${shown(expected)}`, optional, (outcome) => {
    const [first = "", ...rest] = path;
    const got = outcome.final?.usage;
    if (got === null || got === undefined || !(first in got)) return null;
    let value: unknown = got[first];
    for (const key of rest) value = (value as Record<string, unknown> | null | undefined)?.[key];
    return isDeepStrictEqual(value, expected)
      ? OK
      : [`usage.${name} is ${shown(value)}, expected ${shown(expected)}`];
  });
}

/** Relative tolerance: numbers may have passed through 32-bit floats. */
const PRECISION = 1e-6;

/** Passes if the embeddings equal these vectors within {@link PRECISION}. */
export function vectors(expected: readonly (readonly number[])[], weight: Weight = {}): Check {
  return outcomeCheck("embeddings", `gives the vectors ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected vectors, but the client raised ${error}`];
    const got = outcome.embeddings;
    if (got === null || got === undefined) return null;
    return sameVectors(got, expected) ? OK : [`the vectors are ${shown(got)}, expected ${shown(expected)}`];
  });
}

function sameVectors(got: readonly (readonly number[])[], expected: readonly (readonly number[])[]): boolean {
  return (
    got.length === expected.length &&
    expected.every(
      (vector, i) =>
        got[i]?.length === vector.length &&
        vector.every(
          (value, j) => Math.abs(value - (got[i]?.[j] ?? Number.NaN)) <= PRECISION * Math.abs(value),
        ),
    )
  );
}

/** Passes if the listed model ids are these, in this order. */
export function models(expected: readonly string[], weight: Weight = {}): Check {
  return outcomeCheck("models", `lists the models ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected models, but the client raised ${error}`];
    const got = outcome.models;
    if (got === null || got === undefined) return null;
    return isDeepStrictEqual([...got], [...expected])
      ? OK
      : [`the models are ${shown(got)}, expected ${shown(expected)}`];
  });
}

/** Passes if the fetched model has this id. */
export function modelId(expected: string, weight: Weight = {}): Check {
  return outcomeCheck("model", `gives the model ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected a model, but the client raised ${error}`];
    const got = outcome.model?.["id"];
    if (got === null || got === undefined) return null;
    return got === expected ? OK : [`the model is ${shown(got)}, expected ${shown(expected)}`];
  });
}

/** Passes if the choices have these texts, in the order of their indexes. */
export function choices(expected: readonly string[], weight: Weight = {}): Check {
  return outcomeCheck("choices", `keeps the choices apart: ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected ${expected.length} choices, but the client raised ${error}`];
    const got = outcome.final?.choices;
    if (got === null || got === undefined) return null;
    const byIndex = got.map((choice) => choice.text ?? null);
    return isDeepStrictEqual(byIndex, [...expected])
      ? OK
      : [`the choices are ${shown(byIndex)}, expected ${shown(expected)}`];
  });
}

/** Formats the outcome's error as `KIND STATUS MESSAGE`; `undefined` without an error. */
export function raised({ error }: Outcome): string | undefined {
  if (error === null || error === undefined) return undefined;
  const status = error.status === null || error.status === undefined ? "" : ` ${error.status}`;
  return `${error.kind}${status} ${shown(error.message ?? null)}`;
}
