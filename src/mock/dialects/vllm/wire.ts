import { STREAM_HEADERS } from "../../../asgi/index.ts";
import { type Json, chunkedResponse } from "../base/index.ts";
import {
  type Choice,
  type Completion,
  type Delta,
  type Identity,
  type OpenAiWire,
  type StreamWriter,
  type TextRequest,
  type Usage,
  sseText,
} from "../openai-api/index.ts";
import { vllmError, vllmJson } from "./refusal.ts";

/** vLLM's spelling of OpenAI's API. */
export const vllmWire: OpenAiWire = {
  json: (body) => vllmJson(200, body, "json").script,
  stream: (ops, wait) => chunkedResponse(STREAM_HEADERS, ops, wait),
  whole: (request, completion) =>
    request.kind === "chat" ? wholeChat(request, completion) : wholeText(request, completion),
  writer: (request) => vllmWriter(request),
  refused: vllmError,
};

function wholeChat({ model }: TextRequest, { identity, choices, usage }: Completion): Json {
  return {
    id: identity.id,
    object: "chat.completion",
    created: identity.created,
    model,
    choices: choices.map(({ index, content, reasoning, calls, logprobs, finish }) => ({
      index,
      message: {
        role: "assistant",
        content: content ?? null,
        refusal: null,
        annotations: null,
        audio: null,
        function_call: null,
        tool_calls: calls,
        reasoning_content: reasoning ?? null,
      },
      logprobs: logprobs ?? null,
      finish_reason: finish ?? "stop",
      stop_reason: null,
      token_ids: null,
    })),
    service_tier: null,
    system_fingerprint: null,
    usage: { ...vllmUsage(usage), prompt_tokens_details: null },
    prompt_logprobs: null,
    prompt_token_ids: null,
    kv_transfer_params: null,
  };
}

function wholeText({ model }: TextRequest, { identity, choices, usage }: Completion): Json {
  return {
    id: completionId(identity),
    object: "text_completion",
    created: identity.created,
    model,
    choices: choices.map(({ index, content, logprobs, finish }) => ({
      index,
      text: content ?? "",
      logprobs: legacyLogprobs(logprobs),
      finish_reason: finish ?? "stop",
      stop_reason: null,
      token_ids: null,
      prompt_logprobs: null,
      prompt_token_ids: null,
    })),
    service_tier: null,
    system_fingerprint: null,
    usage: { ...vllmUsage(usage), prompt_tokens_details: null },
    kv_transfer_params: null,
  };
}

function completionId({ id }: Identity): string {
  return id.replace(/^chatcmpl-/, "cmpl-");
}

/** Logprobs as completions have them: lists by kind. */
function legacyLogprobs(logprobs: Json | undefined): Json | null {
  const content = logprobs?.["content"];
  if (!Array.isArray(content)) return null;
  const tokens: readonly Json[] = content;
  const texts = tokens.map(({ token }) => String(token));
  let offset = 0;
  return {
    text_offset: texts.map((text) => (offset += text.length) - text.length),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    tokens: texts,
    top_logprobs: tokens.map(({ token, logprob, top_logprobs: top }) => {
      const all: readonly Json[] = Array.isArray(top) && top.length > 0 ? top : [{ token, logprob }];
      return Object.fromEntries(all.map((one) => [String(one["token"]), one["logprob"]]));
    }),
  };
}

function vllmUsage({ prompt, completion }: Usage): Json {
  return { prompt_tokens: prompt, total_tokens: prompt + completion, completion_tokens: completion };
}

/** A stream: the members that vLLM has set, in its order. */
function vllmWriter({ kind, model, includeUsage }: TextRequest): StreamWriter {
  const object = kind === "chat" ? "chat.completion.chunk" : "text_completion";
  const event = (identity: Identity, choices: readonly Json[], more: Json): string =>
    sseText({
      id: kind === "chat" ? identity.id : completionId(identity),
      object,
      created: identity.created,
      model,
      choices,
      ...more,
    });
  const spelled = kind === "chat" ? chatDelta : textDelta;
  return {
    delta: (identity, delta) => {
      if (kind === "completion" && (delta.opens || isEmpty(delta))) return [];
      // The first chunk of a chat has ids of the prompt's tokens, which nobody asked for.
      return [event(identity, [spelled(delta)], delta.opens ? { prompt_token_ids: null } : {})];
    },
    end: (identity, usage, done) => [
      ...(includeUsage && usage !== undefined ? [event(identity, [], { usage: vllmUsage(usage) })] : []),
      ...(done ? [sseText("[DONE]")] : []),
    ],
  };
}

function isEmpty({ content, finish }: Delta): boolean {
  return (content ?? "") === "" && finish === undefined;
}

function chatDelta(delta: Delta): Json {
  const { index, opens, logprobs, finish } = delta;
  const common = { index, delta: vllmDelta(delta), logprobs: logprobs ?? null };
  if (opens) return { ...common, finish_reason: null };
  const stop = finish === undefined ? {} : { stop_reason: null };
  return { ...common, finish_reason: finish ?? null, ...stop, token_ids: null };
}

function vllmDelta({ opens, content, reasoning, calls }: Delta): Json {
  if (opens) return { role: "assistant", content: content ?? "" };
  if (calls.length > 0) return { tool_calls: calls };
  if (reasoning !== undefined && reasoning !== "") return { reasoning_content: reasoning };
  return { content: content ?? "" };
}

function textDelta({ index, content, logprobs, finish }: Choice): Json {
  return {
    index,
    text: content ?? "",
    logprobs: legacyLogprobs(logprobs),
    finish_reason: finish ?? null,
    stop_reason: null,
    prompt_token_ids: null,
    token_ids: null,
  };
}
