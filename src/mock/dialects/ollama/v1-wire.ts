import type { Answer } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import { type Json, goJson, goResponse, goStream, ownAnswer } from "../base/index.ts";
import {
  type Choice,
  type Completion,
  type Delta,
  type Identity,
  type OpenAiWire,
  type StreamWriter,
  type TextRequest,
  type Usage,
  addCallDelta,
  objects,
} from "../openai-api/index.ts";
import { JSON_TYPE } from "./refusal.ts";

const FINGERPRINT = "fp_ollama";

/** An answer of the handlers behind Ollama's OpenAI layer: no charset, and a line feed at the end (observed: ollama-v1-chat). */
export function v1Json(status: number, body: unknown, how: string): Answer {
  return ownAnswer("ollama", how, goResponse(status, "application/json", `${goJson(body)}\n`));
}

/** A refusal by the handlers behind the OpenAI layer, always an `api_error` (observed: ollama-v1-unknown-model). */
export function v1Error(status: number, message: string): Answer {
  return v1Json(status, { error: { message, type: "api_error", param: null, code: null } }, `${status}`);
}

/** A refusal by the OpenAI layer itself (observed: ollama-v1-bad-json). */
export function v1Refusal(message: string): Answer {
  const error = { message, type: "invalid_request_error", param: null, code: null };
  return ownAnswer("ollama", "400", goResponse(400, JSON_TYPE, goJson({ error })));
}

/** Ollama's spelling of OpenAI's API. */
export const ollamaWire: OpenAiWire = {
  json: (body) => v1Json(200, body, "v1").script,
  stream: (ops, wait) => goStream("text/event-stream", ops, wait),
  whole: v1Whole,
  writer: (request) => v1Writer(request),
  refused: v1Error,
};

function v1Whole({ kind, model }: TextRequest, { identity, choices, usage }: Completion): Json {
  const [object, choiceOf] =
    kind === "chat" ? ["chat.completion", v1Choice] : ["text_completion", v1TextChoice];
  return {
    id: v1Id(kind, identity),
    object,
    created: identity.created,
    model,
    system_fingerprint: FINGERPRINT,
    // Ollama ignores `n` (observed: ollama-v1-n).
    choices: choices.slice(0, 1).map((choice) => choiceOf(choice, choice.finish ?? "stop")),
    usage: v1Usage(usage),
  };
}

/** Ids are numbers below a thousand. */
function v1Id(kind: TextRequest["kind"], { id }: Identity): string {
  const number = Number.parseInt(id.slice(-6), 16) % 1000;
  return `${kind === "chat" ? "chatcmpl" : "cmpl"}-${Number.isNaN(number) ? 0 : number}`;
}

function v1Choice(choice: Choice, finish: string): Json {
  const { logprobs } = choice;
  return {
    index: 0,
    message: v1Message(choice),
    finish_reason: finish,
    ...(logprobs === undefined ? {} : { logprobs: withoutEmpty(logprobs) }),
  };
}

/** Logprobs without lists of alternatives that were not asked for. */
function withoutEmpty({ content }: Json): Json {
  return {
    content: objects(content).map(({ top_logprobs: top, ...token }) =>
      Array.isArray(top) && top.length > 0 ? { ...token, top_logprobs: top } : token,
    ),
  };
}

function v1Message({ content, reasoning, calls }: Choice): Json {
  return {
    role: "assistant",
    content: content ?? "",
    ...(reasoning === undefined || reasoning === "" ? {} : { reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(v1Call) }),
  };
}

/** A call with its index, which Ollama also puts in JSON (observed: ollama-v1-tools). */
function v1Call({ id, function: called }: Json, index: number): Json {
  const { name, arguments: given } = isObject(called) ? called : {};
  const made = { name, arguments: compactArguments(given) };
  return { id: `call_${String(id).slice(-8)}`, index, type: "function", function: made };
}

/** Arguments as Go prints what it has read of them. */
function compactArguments(text: unknown): unknown {
  try {
    return goJson(JSON.parse(String(text)));
  } catch {
    return text;
  }
}

function v1TextChoice({ content }: Choice, finish: string | null): Json {
  return { text: content ?? "", index: 0, finish_reason: finish };
}

function v1Usage({ prompt, completion }: Usage): Json {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/**
 * A stream: each delta names the role, a tool call comes whole, and the last delta shares its write with the usage and the
 * end's mark (observed: ollama-v1-stream-usage).
 */
function v1Writer({ kind, model, includeUsage }: TextRequest): StreamWriter {
  const calls: Json[] = [];
  let finish: string | undefined;
  const event = (identity: Identity, choices: readonly Json[], usage?: Json): string => {
    const [id, { created }] = [v1Id(kind, identity), identity];
    const tail = usage === undefined ? {} : { usage };
    const body =
      kind === "chat"
        ? { id, object: "chat.completion.chunk", created, model, system_fingerprint: FINGERPRINT, choices }
        : { id, object: "text_completion", created, choices, model, system_fingerprint: FINGERPRINT };
    return `data: ${goJson({ ...body, ...tail })}\n\n`;
  };
  const choice = (delta: Choice, reason: string | null): Json => {
    if (kind === "completion") return v1TextChoice(delta, reason);
    const { logprobs } = delta;
    return {
      index: 0,
      delta: v1Message(delta),
      finish_reason: reason,
      ...(logprobs === undefined ? {} : { logprobs: withoutEmpty(logprobs) }),
    };
  };
  // A completion tells its usage in each event, as zeros before the last (observed: ollama-v1-completion-stream-usage).
  const zeros = kind === "completion" && includeUsage ? v1Usage({ prompt: 0, completion: 0 }) : undefined;
  return {
    delta: (identity, delta) => {
      if (delta.index !== 0) return [];
      finish = delta.finish ?? finish;
      for (const call of delta.calls) addCallDelta(calls, call);
      const says = (delta.content ?? "") !== "" || (delta.reasoning ?? "") !== "";
      const content = says ? [event(identity, [choice({ ...delta, calls: [] }, null)], zeros)] : [];
      const isLast = delta.finish !== undefined && calls.length > 0;
      return isLast ? [...content, event(identity, [choice({ ...EMPTY, calls }, null)], zeros)] : content;
    },
    end: (identity, usage, done) => {
      if (finish === undefined) return [];
      const last = event(identity, [choice(EMPTY, finish)], zeros);
      const counted = includeUsage && usage !== undefined ? event(identity, [], v1Usage(usage)) : "";
      return [last + counted + (done ? "data: [DONE]\n\n" : "")];
    },
    // A runner that dies leaves an empty chunk, and no word of it (observed: ollama-trouble-v1-runner-dies-stream).
    died: () => [`data: ${goJson(DIED)}\n\n`],
  };
}

/** The last chunk of a stream whose runner died. */
const DIED = {
  id: "chatcmpl-0",
  object: "chat.completion.chunk",
  created: 1_760_000_000,
  model: "",
  system_fingerprint: FINGERPRINT,
  choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
};

const EMPTY: Delta = {
  index: 0,
  opens: false,
  content: "",
  reasoning: undefined,
  calls: [],
  logprobs: undefined,
  finish: undefined,
};
