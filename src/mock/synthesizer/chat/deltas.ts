import { digestOf } from "../base/index.ts";
import type { Choice } from "./completion.ts";
import { type Logprobs, makeLogprobs } from "./logprobs.ts";
import type { TextToken } from "./tokens.ts";

/** Part of one chunk for one choice. */
export interface Delta {
  readonly delta: { readonly content?: string; readonly reasoning_content?: string };
  /** True for a delta of content alone, before the end. */
  readonly isContent?: boolean;
  readonly logprobs: object | null;
  readonly finish: string | null;
  readonly stopReason?: string;
  /** Number of generated tokens in the delta. */
  readonly tokens: number;
}

/**
 * Deltas of a choice in a stream: role, then reasoning, content and calls token by token, then the finish reason
 * (observed on 0.4.1 behind a vLLM: stream-plain, stream-tools).
 */
export function makeDeltas(choice: Choice, top: number | undefined, seed: string): Delta[] {
  const { reasoning, content, calls, finish, stopReason } = choice;
  const plain = (delta: object, tokens = 0): Delta => ({ delta, logprobs: null, finish: null, tokens });
  return [
    plain({ role: "assistant", content: "" }),
    ...reasoning.map((token) => plain({ reasoning_content: token.text }, token.tokens)),
    ...(content ?? []).map((token, i) => ({
      delta: { content: token.text },
      isContent: true,
      logprobs: logprobsAt(token, i, top, seed),
      finish: null,
      tokens: token.tokens,
    })),
    ...calls.flatMap((call, index) => [
      plain({
        tool_calls: [{ id: call.id, type: "function", index, function: { name: call.name, arguments: "" } }],
      }),
      ...call.arguments.map((token) =>
        plain({ tool_calls: [{ index, function: { arguments: token.text } }] }, token.tokens),
      ),
    ]),
    {
      ...plain(calls.length > 0 ? {} : { content: "" }),
      finish,
      ...(stopReason === null ? {} : { stopReason }),
    },
  ];
}

/** Log probabilities of a whole choice: those of its deltas joined. */
export function logprobsOfChoice(
  content: readonly TextToken[],
  top: number | undefined,
  seed: string,
): object | null {
  if (top === undefined) return null;
  return { content: content.flatMap((token, i) => logprobsAt(token, i, top, seed)?.content ?? []) };
}

function logprobsAt(token: TextToken, i: number, top: number | undefined, seed: string): Logprobs | null {
  return top === undefined ? null : makeLogprobs(token, top, digestOf(seed, i));
}

/** Interleaves choices as a model makes them in one batch: each round has one delta of each unfinished choice. */
export function roundsOf(choices: readonly (readonly Delta[])[]): { index: number; delta: Delta }[][] {
  const [only] = choices;
  if (only !== undefined && choices.length === 1) return only.map((delta) => [{ index: 0, delta }]);
  const length = Math.max(0, ...choices.map((deltas) => deltas.length));
  return Array.from({ length }, (_, i) =>
    choices.flatMap((deltas, index) => {
      const delta = deltas[i];
      return delta === undefined ? [] : [{ index, delta }];
    }),
  );
}
