import { pythonFloat } from "../../../asgi/index.ts";
import type { Op } from "../../../http/index.ts";
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
import { okScript, llamacppError, llamacppStream } from "./heads.ts";

/** Build that the mock speaks, as answers name it. */
export const FINGERPRINT = "b1-0c1e570";

/** Milliseconds of a token; the same for every answer, so that answers are the same everywhere. */
const [PROMPT_MS, PREDICTED_MS] = [0.5, 10.25];

/** The spelling of llama.cpp's server. @param origin the request's `Origin` */
export function llamacppWire(origin: string | undefined): OpenAiWire {
  return {
    json: (body) => okScript(origin, JSON.stringify(body)),
    stream: (ops: readonly Op[], wait) => llamacppStream(origin, ops, wait),
    whole: llamacppWhole,
    writer: (request) =>
      request.kind === "chat" ? llamacppChatWriter(request) : llamacppTextWriter(request),
    refused: (status, message) => llamacppError(origin, status, message),
  };
}

function llamacppWhole({ kind, model }: TextRequest, { identity, choices, usage }: Completion): Json {
  const object = kind === "chat" ? "chat.completion" : "text_completion";
  return {
    choices: choices.map(kind === "chat" ? llamacppChoice : llamacppTextChoice),
    created: identity.created,
    model,
    system_fingerprint: FINGERPRINT,
    object,
    usage: llamacppUsage(usage),
    id: identity.id,
    timings: timings(usage),
  };
}

function llamacppChoice({ index, content, reasoning, calls, logprobs, finish }: Choice): Json {
  return {
    finish_reason: finish ?? "stop",
    index,
    message: {
      role: "assistant",
      content: content ?? (calls.length > 0 ? null : ""),
      ...(reasoning === undefined || reasoning === "" ? {} : { reasoning_content: reasoning }),
      ...(calls.length > 0 ? { tool_calls: calls.map(llamacppCall) } : {}),
    },
    ...(logprobs === undefined ? {} : { logprobs: withTokenIds(logprobs) }),
  };
}

/** A call with its members in the server's order. */
function llamacppCall({ type, function: called, id }: Json): Json {
  return { type, function: called, id };
}

function llamacppTextChoice({ index, content, logprobs, finish }: Choice): Json {
  const tokens = logprobs === undefined ? null : withTokenIds(logprobs);
  return { text: content ?? "", index, logprobs: tokens, finish_reason: finish ?? null };
}

/** Logprobs with the id of each token, which llama.cpp adds. */
function withTokenIds({ content }: Json): Json {
  const named = (token: unknown): unknown =>
    typeof token === "object" && token !== null ? { id: 1, ...reordered(token) } : token;
  return { content: Array.isArray(content) ? content.map(named) : [] };
}

function reordered(token: object): object {
  const { token: text, bytes, logprob, top_logprobs: top } = token as Json;
  const alternatives: Json = Array.isArray(top)
    ? { top_logprobs: top.map((one: object) => ({ id: 1, ...reordered(one) })) }
    : {};
  return { token: text, bytes, logprob, ...alternatives };
}

function llamacppUsage({ prompt, completion }: Usage): Json {
  return {
    completion_tokens: completion,
    prompt_tokens: prompt,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0 },
  };
}

function timings({ prompt, completion }: Usage): Json {
  return {
    cache_n: 0,
    prompt_n: prompt,
    prompt_ms: pythonFloat(prompt * PROMPT_MS),
    prompt_per_token_ms: PROMPT_MS,
    prompt_per_second: pythonFloat(1000 / PROMPT_MS),
    predicted_n: completion,
    predicted_ms: pythonFloat(completion * PREDICTED_MS),
    predicted_per_token_ms: PREDICTED_MS,
    predicted_per_second: 1000 / PREDICTED_MS,
  };
}

/** A chat's stream: the role comes in one write with the first token, the last delta is empty (observed: llamacpp-server-stream-usage). */
function llamacppChatWriter({ model, includeUsage }: TextRequest): StreamWriter {
  const held = new Map<number, string>();
  const ends: Delta[] = [];
  const shared = ({ id, created }: Identity): Json => ({
    created,
    id,
    model,
    system_fingerprint: FINGERPRINT,
    object: "chat.completion.chunk",
  });
  const event = (identity: Identity, choice: Json, more: Json = {}): string =>
    sseText({ choices: [choice], ...shared(identity), ...more });
  const taken = (index: number, text: string): string => {
    const before = held.get(index) ?? "";
    held.delete(index);
    return before + text;
  };
  return {
    delta: (identity, delta) => {
      const { index, opens, finish } = delta;
      if (finish !== undefined) ends.push(delta);
      if (opens) {
        const role = { finish_reason: null, index, delta: { role: "assistant", content: null } };
        held.set(index, event(identity, role));
      }
      const made = llamacppDelta(delta);
      if (Object.keys(made).length === 0) return [];
      const { logprobs } = delta;
      const more = logprobs === undefined ? {} : { logprobs: withTokenIds(logprobs) };
      return [taken(index, event(identity, { finish_reason: null, index, delta: made, ...more }))];
    },
    end: (identity, usage, done) => {
      const counted = usage ?? { prompt: 0, completion: 0 };
      const texts = ends.map(({ index, finish = "stop" }) => {
        const choice = { finish_reason: finish, index, delta: {} };
        return taken(index, event(identity, choice, includeUsage ? {} : { timings: timings(counted) }));
      });
      const last = { usage: llamacppUsage(counted), timings: timings(counted) };
      const usageText = includeUsage ? sseText({ choices: [], ...shared(identity), ...last }) : "";
      const joined = [...texts.slice(0, -1), (texts.at(-1) ?? "") + usageText].filter((text) => text !== "");
      return ends.length === 0 ? [] : [...joined, ...(done ? [sseText("[DONE]")] : [])];
    },
  };
}

function llamacppDelta({ content, reasoning, calls }: Delta): Json {
  return {
    ...(content === undefined || content === "" ? {} : { content }),
    ...(reasoning === undefined || reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

/** A completion's stream: the last event has an empty text, usage and timings, asked for or not. */
function llamacppTextWriter({ model }: TextRequest): StreamWriter {
  const ends: Delta[] = [];
  const event = ({ id, created }: Identity, choice: Json, usage: Json, more: Json): string =>
    sseText({
      choices: [choice],
      created,
      model,
      system_fingerprint: FINGERPRINT,
      object: "text_completion",
      ...usage,
      id,
      ...more,
    });
  return {
    delta: (identity, delta) => {
      if (delta.finish !== undefined) ends.push(delta);
      if (delta.content === undefined || delta.content === "") return [];
      return [event(identity, llamacppTextChoice({ ...delta, finish: undefined }), {}, {})];
    },
    end: (identity, usage, done) => {
      const counted = usage ?? { prompt: 0, completion: 0 };
      const last = ends.map((delta) =>
        event(
          identity,
          llamacppTextChoice({ ...delta, content: "", logprobs: undefined }),
          { usage: llamacppUsage(counted) },
          { timings: timings(counted) },
        ),
      );
      return ends.length === 0 ? [] : [...last, ...(done ? [sseText("[DONE]")] : [])];
    },
  };
}
