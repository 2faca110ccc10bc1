import { isObject } from "../../../util/index.ts";
import type { Json } from "../base/index.ts";

/** A chat or a completion of Ollama as the same chat in OpenAI's form. */
export function openAiChat(body: Json, model: string, stream: boolean): Json {
  const options = isObject(body["options"]) ? body["options"] : {};
  const limit = options["num_predict"];
  const { temperature, top_p, seed, stop } = options;
  const tools = body["tools"];
  return {
    model,
    messages: openAiMessages(body),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    // Ollama reads 0 and below as no limit (observed: chat-num_predict-0).
    ...(typeof limit === "number" && limit > 0 ? { max_tokens: limit } : {}),
    ...present({ temperature, top_p, seed, stop }),
    ...(Array.isArray(tools) && tools.length > 0 ? { tools, tool_choice: "auto" } : {}),
    ...responseFormat(body["format"]),
  };
}

function present(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function responseFormat(format: unknown): Json {
  if (format === "json") return { response_format: { type: "json_object" } };
  if (!isObject(format)) return {};
  return { response_format: { type: "json_schema", json_schema: { name: "format", schema: format } } };
}

function openAiMessages({ messages, prompt, system }: Json): readonly unknown[] {
  if (Array.isArray(messages)) return messages.map(openAiMessage);
  const instructions =
    typeof system === "string" && system !== "" ? [{ role: "system", content: system }] : [];
  return [...instructions, { role: "user", content: typeof prompt === "string" ? prompt : "" }];
}

/** A message with OpenAI's spelling of tool calls: arguments as a string, and a type. */
function openAiMessage(message: unknown): unknown {
  if (!isObject(message)) return message;
  const { images: _, thinking: __, ...rest } = message;
  const calls: unknown = rest["tool_calls"];
  if (!Array.isArray(calls)) return rest;
  return { ...rest, tool_calls: calls.map(openAiCall) };
}

function openAiCall(call: unknown, index: number): unknown {
  const made = isObject(call) && isObject(call["function"]) ? call["function"] : {};
  const id = isObject(call) && typeof call["id"] === "string" ? call["id"] : `call_${index}`;
  return {
    id,
    type: "function",
    function: { name: made["name"], arguments: JSON.stringify(made["arguments"] ?? {}) },
  };
}
