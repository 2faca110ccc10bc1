/** LangChain for JavaScript: `ChatOpenAI` and `OpenAIEmbeddings` of `@langchain/openai`. */
import { createRequire } from "node:module";
import type { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";
import type { Final, OutcomeError, Run } from "../lib/protocol.ts";
import { type Call, ask, each, kindOf, messageOf, serve } from "../lib/serve.ts";

const { version } = createRequire(import.meta.url)("@langchain/openai/package.json") as { version: string };

/** LangChain takes the model and everything about it when a client is made: one is made for each call. */
type Connection = Pick<Run, "baseUrl" | "apiKey">;

function clientOf({ baseUrl, apiKey }: Connection, { control: { timeoutMs, maxRetries } }: Call): object {
  return {
    apiKey,
    configuration: { baseURL: baseUrl },
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
}

/** Options that LangChain has no name for go into the body as they are. */
function chatOf(connection: Connection, call: Call): ReturnType<ChatOpenAI["withConfig"]> {
  const { model, messages: _, tools, tool_choice, ...modelKwargs } = call.params;
  const client = new ChatOpenAI({ ...clientOf(connection, call), model: String(model), modelKwargs });
  const bound = {
    ...(tools !== undefined && { tools: tools as never }),
    ...(tool_choice !== undefined && { tool_choice: tool_choice as never }),
  };
  return client.withConfig({ ...bound, signal: call.signal });
}

async function chat(connection: Connection, call: Call): Promise<void> {
  const message = await ask(() => chatOf(connection, call).invoke(call.params["messages"] as never));
  call.outcome.final = finalOf(message);
  surfaceExtra(call, message);
}

async function stream(connection: Connection, call: Call): Promise<void> {
  const chunks = await ask(() => chatOf(connection, call).stream(call.params["messages"] as never));
  call.outcome.events = 0;
  // A stream that ends without a chunk is an empty answer, not none.
  call.outcome.final = { text: null, toolCalls: [], finishReason: null, usage: null, id: null, model: null };
  let whole: AIMessageChunk | undefined;
  for await (const chunk of each(chunks)) {
    // So LangChain's own pages join them.
    whole = whole === undefined ? chunk : whole.concat(chunk);
    call.outcome.final = finalOf(whole);
    surfaceExtra(call, whole);
    if (call.event()) break;
  }
}

function finalOf(message: AIMessage | AIMessageChunk): Final {
  const {
    content,
    tool_calls = [],
    invalid_tool_calls = [],
    usage_metadata,
    response_metadata,
    id,
  } = message;
  const { finish_reason, model_name } = response_metadata as { finish_reason?: string; model_name?: string };
  const good = tool_calls.map((call) => ({ ...call, args: JSON.stringify(call.args) }));
  return {
    text: typeof content === "string" ? content : JSON.stringify(content),
    toolCalls: [...good, ...invalid_tool_calls].map(({ id: callId, name, args }) => ({
      id: callId ?? null,
      name: name ?? null,
      arguments: args ?? null,
    })),
    finishReason: finish_reason ?? null,
    usage: usage_metadata === undefined ? null : usageOf(usage_metadata),
    id: id ?? null,
    model: model_name ?? null,
  };
}

/** Its own names for the figures of OpenAI. */
function usageOf(usage: { input_tokens: number; output_tokens: number; total_tokens: number }): object {
  return {
    prompt_tokens: usage.input_tokens,
    completion_tokens: usage.output_tokens,
    total_tokens: usage.total_tokens,
  };
}

function surfaceExtra({ outcome }: Call, { additional_kwargs }: AIMessage | AIMessageChunk): void {
  const { tool_calls: _, function_call: __, ...extra } = additional_kwargs;
  outcome.extra = extra;
}

function error(raised: unknown): OutcomeError {
  const message = messageOf(raised);
  if (raised instanceof APIUserAbortError) return { kind: "abort", message };
  if (raised instanceof APIConnectionTimeoutError) return { kind: "timeout", message };
  if (raised instanceof APIConnectionError) return { kind: "connection", message };
  if (raised instanceof APIError)
    return { kind: "api", status: raised.status ?? null, message, code: raised.code ?? null };
  return { kind: kindOf(raised), message };
}

await serve<Connection>({
  client: { name: "@langchain/openai", version },
  capabilities: ["cancel", "timeout", "retries", "tools", "streamOptions"],
  connect: ({ baseUrl, apiKey }) => ({ baseUrl, apiKey }),
  error,
  operations: {
    "embeddings.create": async (connection, call) => {
      const { model, input, encoding_format, dimensions } = call.params;
      const options = {
        ...clientOf(connection, call),
        model: String(model),
        ...(encoding_format !== undefined && { encodingFormat: encoding_format as "float" | "base64" }),
        ...(dimensions !== undefined && { dimensions: Number(dimensions) }),
      };
      const texts = [input].flat() as string[];
      call.outcome.embeddings = await ask(() => new OpenAIEmbeddings(options).embedDocuments(texts));
    },
    "chat.create": chat,
    "chat.stream": stream,
  },
});
