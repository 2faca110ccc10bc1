/** Checks of delivered results: text, tool calls, usage, vectors, models. */
import { isDeepStrictEqual } from "node:util";
import type { Check, Embedding, Outcome, ToolCall } from "../model/index.ts";
import { OK, type Weight, outcomeCheck, shown } from "./check.ts";
import { sentAnswer } from "./sent.ts";

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

/** Passes if the text is exactly this one, also beside an error. */
export function textSurfaced(expected: string, weight: Weight = {}): Check {
  return outcomeCheck("text", `gives exactly the text ${shown(expected)}`, weight, (outcome) => {
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

/** Passes if these are the tool calls, with arguments compared as JSON values, or as texts if they are no JSON. */
export function toolCalls(expected: readonly ToolCall[], weight: Weight = {}): Check {
  return outcomeCheck("tool-calls", `gives the tool calls ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected tool calls, but the client raised ${error}`];
    const got = outcome.final?.toolCalls;
    if (got === null || got === undefined) return expected.length === 0 ? OK : null;
    return isDeepStrictEqual(got.map(plain), expected.map(plain))
      ? OK
      : [`the tool calls are ${shown(got)}, expected ${shown(expected)}`];
  });
}

const plain = ({ id, name, arguments: args }: ToolCall): unknown[] => [
  id ?? null,
  name ?? null,
  argumentsValue(args),
];

/** Value of arguments: some clients hand them over parsed, and their adapters print them again. */
function argumentsValue(args: string | null | undefined): unknown {
  if (args === null || args === undefined) return null;
  try {
    return { value: JSON.parse(args) as unknown };
  } catch {
    return args;
  }
}

/** Passes if no tool call has the joined arguments of several sent ones. */
export function noGluedArguments(allowed: readonly string[], weight: Weight = {}): Check {
  const says = `never glues the arguments of two tool calls`;
  return outcomeCheck("tool-arguments", says, weight, (outcome) => {
    if (outcome.error) return OK;
    const got = outcome.final?.toolCalls;
    if (got === null || got === undefined) return null;
    const values = allowed.map(argumentsValue);
    const glued = got.filter(
      (call) => !values.some((value) => isDeepStrictEqual(value, argumentsValue(call.arguments))),
    );
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
    return wrongUsage(got, [prompt, completion, prompt + completion]);
  });
}

/** Passes if the client reports the usage that the server sent, if it sent one. */
export function usageSent(weight: Weight = {}): Check {
  const says = "gives the usage that was sent, if one was";
  return outcomeCheck("usage", says, { optional: true, ...weight }, (outcome, trace) => {
    if (outcome.error) return OK; // another check wants the answer
    const { usage: sent } = sentAnswer(trace);
    if (sent === undefined) return OK;
    const got = outcome.final?.usage;
    if (got === null || got === undefined) return null;
    return wrongUsage(
      got,
      USAGE_NAMES.map(([name = ""]) => sent[name]),
    );
  });
}

function wrongUsage(got: Readonly<Record<string, unknown>>, expected: readonly unknown[]): string[] {
  return expected.flatMap((wanted, i) => {
    const name = USAGE_NAMES[i]?.find((candidate) => candidate in got);
    return name === undefined || got[name] === wanted
      ? []
      : [`${name} is ${shown(got[name])}, expected ${shown(wanted)}`];
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

/** Passes if the embeddings equal these vectors within {@link PRECISION}, by their indexes if the client gives them. */
export function vectors(expected: readonly (readonly number[])[], weight: Weight = {}): Check {
  return outcomeCheck("embeddings", `gives the vectors ${shown(expected)}`, weight, (outcome) => {
    const error = raised(outcome);
    if (error !== undefined) return [`expected vectors, but the client raised ${error}`];
    const got = outcome.embeddings;
    if (got === null || got === undefined) return null;
    return sameVectors(byIndex(got), expected)
      ? OK
      : [`the vectors are ${shown(got)}, expected ${shown(expected)}`];
  });
}

function byIndex(embeddings: readonly Embedding[]): readonly (readonly number[])[] {
  const indexed = embeddings.map((one, i) => ("embedding" in one ? one : { index: i, embedding: one }));
  return indexed.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
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
    const texts = got.map((choice) => choice.text ?? null);
    return isDeepStrictEqual(texts, [...expected])
      ? OK
      : [`the choices are ${shown(texts)}, expected ${shown(expected)}`];
  });
}

/** Formats the outcome's error as `KIND STATUS MESSAGE`; `undefined` without an error. */
export function raised({ error }: Outcome): string | undefined {
  if (error === null || error === undefined) return undefined;
  const status = error.status === null || error.status === undefined ? "" : ` ${error.status}`;
  return `${error.kind}${status} ${shown(error.message ?? null)}`;
}
