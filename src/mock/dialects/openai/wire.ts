import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";
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
import { openaiJson, openaiRefused, openaiStream } from "./refusal.ts";

const FINGERPRINT = "fp_gatetape";

/** OpenAI's own spelling. */
export const openaiWire: OpenAiWire = {
  json: (body) => openaiJson(200, body, "json").script,
  stream: openaiStream,
  whole: openaiWhole,
  writer: (request) => (request.kind === "chat" ? openaiChatWriter(request) : openaiTextWriter(request)),
  refused: openaiRefused,
};

function openaiWhole({ kind, model }: TextRequest, { identity, choices, usage }: Completion): Json {
  const { id, created } = identity;
  return kind === "chat"
    ? {
        id,
        object: "chat.completion",
        created,
        model,
        choices: choices.map(openaiChoice),
        usage: chatUsage(usage),
        service_tier: "default",
        system_fingerprint: FINGERPRINT,
      }
    : {
        id: textId(identity),
        object: "text_completion",
        created,
        model,
        choices: choices.map((choice) => openaiTextChoice(choice, choice.finish ?? "stop")),
        usage: counts(usage),
      };
}

function textId({ id }: Identity): string {
  return id.replace(/^chatcmpl-/, "cmpl-");
}

function openaiChoice({ index, content, calls, logprobs, finish }: Choice): Json {
  return {
    index,
    message: {
      role: "assistant",
      content: content ?? null,
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(openaiCall) }),
      refusal: null,
      annotations: [],
    },
    logprobs: logprobs === undefined ? null : { ...logprobs, refusal: null },
    finish_reason: finish ?? "stop",
  };
}

function openaiCall({ id, function: called }: Json): Json {
  return { id: callId(id), type: "function", function: called };
}

/** An id of a tool call in OpenAI's form. */
function callId(id: unknown): string {
  return `call_${String(id).slice(-24)}`;
}

function openaiTextChoice({ index, content }: Choice, finish: string | null): Json {
  return { text: content ?? "", index, logprobs: null, finish_reason: finish };
}

function counts({ prompt, completion }: Usage): Json {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function chatUsage(usage: Usage): Json {
  return {
    ...counts(usage),
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** A chat's stream: role first, deltas, an empty last delta, and the usage in a chunk of its own where it was asked for. */
function openaiChatWriter({ model, includeUsage, body }: TextRequest): StreamWriter {
  const options = body["stream_options"];
  const pads = !(isObject(options) && options["include_obfuscation"] === false);
  const event = ({ id, created }: Identity, choices: readonly Json[], usage: Json | null): string =>
    sseText({
      id,
      object: "chat.completion.chunk",
      created,
      model,
      service_tier: "default",
      system_fingerprint: FINGERPRINT,
      choices,
      ...(includeUsage ? { usage } : {}),
      ...(pads ? { obfuscation: padding(JSON.stringify(choices).length) } : {}),
    });
  return {
    delta: (identity, delta) => {
      const { index, opens, logprobs, finish } = delta;
      const members = openaiDelta(delta);
      const tokens = logprobs === undefined ? null : { ...logprobs, refusal: null };
      const part = { index, delta: members, logprobs: tokens, finish_reason: null };
      const last = { index, delta: {}, logprobs: null, finish_reason: finish ?? null };
      const says = opens || Object.keys(members).length > 0;
      return [
        ...(says ? [event(identity, [part], null)] : []),
        ...(finish === undefined ? [] : [event(identity, [last], null)]),
      ];
    },
    end: (identity, usage, done) => [
      ...(includeUsage && usage !== undefined ? [event(identity, [], chatUsage(usage))] : []),
      ...(done ? [sseText("[DONE]")] : []),
    ],
  };
}

/** Characters that make the length of an event tell nothing of its text. */
function padding(length: number): string {
  return "gatetapegatetape".slice(0, 15 - (length % 13));
}

function openaiDelta({ opens, content, calls }: Delta): Json {
  const named = calls.map(({ index, id, type, function: called }) =>
    id === undefined ? { index, function: called } : { index, id: callId(id), type, function: called },
  );
  if (opens) return { role: "assistant", content: content ?? "", refusal: null };
  if (named.length > 0) return { tool_calls: named };
  return content === undefined || content === "" ? {} : { content };
}

function openaiTextWriter({ model, includeUsage }: TextRequest): StreamWriter {
  const event = (identity: Identity, choices: readonly Json[], usage: Json | null): string =>
    sseText({
      id: textId(identity),
      object: "text_completion",
      created: identity.created,
      choices,
      model,
      system_fingerprint: FINGERPRINT,
      ...(includeUsage ? { usage } : {}),
    });
  return {
    delta: (identity, delta) => {
      const says = (delta.content ?? "") !== "" || delta.finish !== undefined;
      return says ? [event(identity, [openaiTextChoice(delta, delta.finish ?? null)], null)] : [];
    },
    end: (identity, usage, done) => [
      ...(includeUsage && usage !== undefined ? [event(identity, [], counts(usage))] : []),
      ...(done ? [sseText("[DONE]")] : []),
    ],
  };
}
