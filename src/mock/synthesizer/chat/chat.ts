import type { Answer } from "../../../exchange/index.ts";
import { STREAM_HEADERS, asgiResponse } from "../../../asgi/index.ts";
import type { Script } from "../../../http/index.ts";
import { countCompletion, generationOf, usageObject } from "../../../ogl/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type SynthesisRequest,
  CREATED,
  type Json,
  digestOf,
  idOf,
  paced,
  arrivalTimes,
} from "../base/index.ts";
import { jsonAnswer, relayed } from "./answers.ts";
import { Chunks } from "./chunks.ts";
import { type Choice, choiceText, say } from "./completion.ts";
import { type Delta, makeDeltas, logprobsOfChoice, roundsOf } from "./deltas.ts";
import { topLogprobs } from "./logprobs.ts";
import { textOf, tokensIn } from "./tokens.ts";

/** Tokens that a chat template adds to a prompt, as counted by the vLLM behind the captures (observed on 0.4.1: stream-include-usage). */
const TEMPLATE_TOKENS = 10;

/** Answers a chat with JSON. */
export function chat(request: SynthesisRequest): Answer {
  const { body, name, model, ogl, prompt, reply, pace } = request;
  const completion = say(body, model.id, ogl, reply);
  if ("message" in completion) return relayed(completion, false, reply !== undefined);
  const top = topLogprobs(body);
  const choices = completion.choices.map((choice, index) =>
    choiceObject(choice, index, top, choiceSeed(request, top, index)),
  );
  const counted = { prompt, completion: completionTokens(completion.choices) };
  const usage = usageObject(ogl, model, counted, request.search?.vectors);
  const id = vectorId(request) ?? idOf(request, "chatcmpl-");
  const extras = { prompt_logprobs: null, kv_transfer_params: null };
  // The next generation parses the answer into its own model and prints that (read in OGL's source).
  const answer = generationOf(ogl).reprintsAnswers
    ? {
        id,
        choices: choices.map(asNextChoice),
        created: CREATED,
        model: name,
        object: "chat.completion",
        service_tier: null,
        system_fingerprint: null,
        usage,
        ...extras,
      }
    : {
        id,
        object: "chat.completion",
        created: CREATED,
        model: name,
        choices,
        service_tier: null,
        system_fingerprint: null,
        usage,
        ...extras,
      };
  const json = withSources(JSON.stringify(answer), request);
  return jsonAnswer(json, completion.by, (pace.ttft ?? 0) + timeOf(request, completion.choices));
}

/** Adds the chunks that were found as the last member of an answer. */
function withSources(json: string, { search }: SynthesisRequest): string {
  return search?.found === undefined
    ? json
    : `${json.slice(0, -1)},"search_results":${search.found.compact}}`;
}

/**
 * The id of the question's vector: OGL gives it to the answer of a chat that searches (observed on 0.4.1: chatsearch-02). TEI names
 * none.
 */
function vectorId({ search }: SynthesisRequest): string | undefined {
  const model = search?.vectors?.model;
  if (search === undefined || model === undefined || model.provider === "tei") return undefined;
  return `embd-${digestOf(model.id, search.question).slice(0, 32)}`;
}

/** Time (ms) to generate all choices at the request's pace. */
function timeOf(request: SynthesisRequest, choices: readonly Choice[]): number {
  if ((request.pace.tps ?? Infinity) === Infinity) return 0;
  const deltas = choices.map((choice) => makeDeltas(choice, undefined, ""));
  return roundTimes(request, roundsOf(deltas)).at(-1) ?? 0;
}

function choiceObject(choice: Choice, index: number, top: number | undefined, seed: string): ChoiceObject {
  const { content, calls, reasoning, finish, stopReason } = choice;
  return {
    index,
    message: {
      role: "assistant",
      content: choiceText(choice),
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: "function",
        function: { name: call.name, arguments: textOf(call.arguments) },
      })),
      reasoning_content: reasoning.length > 0 ? textOf(reasoning) : null,
    },
    logprobs: content === null ? null : logprobsOfChoice(content, top, seed),
    finish_reason: finish,
    stop_reason: stopReason,
    token_ids: null,
  };
}

interface ChoiceObject {
  readonly index: number;
  readonly message: Json;
  readonly logprobs: object | null;
  readonly finish_reason: string;
  readonly stop_reason: string | null;
  readonly token_ids: null;
}

function asNextChoice({ index, message, logprobs, finish_reason: finish, ...extras }: ChoiceObject): object {
  const { content, refusal, role, annotations, audio, ...rest } = message;
  return {
    finish_reason: finish,
    index,
    logprobs,
    message: { content, refusal, role, annotations, audio, ...rest },
    ...extras,
  };
}

/**
 * Answers a chat with a stream: compact chunks of the upstream with the provider's name for the model, then OGL's own
 * chunk with the usage, as Python prints it. Later versions print all chunks anew, with the router's name.
 */
export function chatStream(request: SynthesisRequest): Answer {
  const { body, model, ogl, prompt, reply, pace } = request;
  const completion = say(body, model.id, ogl, reply);
  if ("message" in completion) return relayed(completion, true, reply !== undefined);
  const top = topLogprobs(body);
  const rounds = roundsOf(
    completion.choices.map((choice, i) => makeDeltas(choice, top, choiceSeed(request, top, i))),
  );
  const times = roundTimes(request, rounds);
  const sent = new Chunks(request, idOf(request, "chatcmpl-"));
  const { include_usage: include, continuous_usage_stats: continuous } = isObject(body["stream_options"])
    ? body["stream_options"]
    : {};
  const upstream = (tokens: number): object => ({
    prompt_tokens: prompt + TEMPLATE_TOKENS,
    total_tokens: prompt + TEMPLATE_TOKENS + tokens,
    completion_tokens: tokens,
  });
  let tokens = 0;
  for (const [i, round] of rounds.entries()) {
    for (const { index, delta } of round) {
      tokens += delta.tokens;
      const usage = include === true && continuous === true ? upstream(tokens) : undefined;
      sent.add(index, delta, usage, times[i] ?? 0);
    }
  }
  const end = times.at(-1) ?? 0;
  if (include === true) sent.addUsage({ ...upstream(tokens), prompt_tokens_details: null }, end);
  const usage = usageObject(ogl, model, { prompt, completion: sent.tokens }, request.search?.vectors);
  sent.end(usage, vectorId(request), end);
  const script: Script = {
    ...asgiResponse(200, new Uint8Array(0)),
    wait: pace.ttft ?? 0,
    head: { http: "1.1", status: 200, reason: "OK", framing: "chunked", headers: STREAM_HEADERS },
    ops: [...paced(sent.writes, sent.times), { op: "complete" }],
  };
  return { script, by: completion.by };
}

/** Completion tokens. OGL counts the first choice as often as there are choices (observed on 0.4.1: chat-n2, chat-up-reasoning). */
function completionTokens(choices: readonly Choice[]): number {
  const [first] = choices;
  if (first === undefined) return 0;
  const text = choiceText(first) ?? "";
  return choices.length === 1 && first.reasoning.length === 0 && isCounted(first, text)
    ? tokensIn(first.content ?? [])
    : countCompletion([text, textOf(first.reasoning)], choices.length);
}

/** Length up to which a text is cut into tokens as a whole, and so as OGL counts it. */
const MAX_COUNTED = 512;

/** True if the tokens of a text are those that OGL counts: it is whole, without blanks around it, and names no special token. */
function isCounted({ finish }: Choice, text: string): boolean {
  return (
    finish !== "length" &&
    text.length <= MAX_COUNTED &&
    text.isWellFormed() &&
    text === text.trim() &&
    !text.includes("<|endoftext|>")
  );
}

/** Times (ms) of the rounds; the first token comes with the role. */
function roundTimes(
  request: SynthesisRequest,
  rounds: readonly (readonly { readonly delta: Delta }[])[],
): number[] {
  if ((request.pace.tps ?? Infinity) === Infinity) return rounds.map(() => 0);
  const tokens = rounds.map((round) => Math.max(0, ...round.map(({ delta }) => delta.tokens)));
  if (tokens.length > 1) tokens[1] = 0;
  return arrivalTimes(request.pace, tokens, digestOf(chatSeed(request), "pace"));
}

/** Seed of a choice's log probabilities; `""` where there are none. */
function choiceSeed(request: SynthesisRequest, top: number | undefined, index: number): string {
  return top === undefined ? "" : digestOf(chatSeed(request), index);
}

function chatSeed(request: SynthesisRequest): string {
  return idOf(request, "");
}
