/** Vercel's AI SDK (`ai`) with `@ai-sdk/openai-compatible`, its way to servers such as OGL. */
import { createRequire } from "node:module";
import { createOpenAICompatible, type OpenAICompatibleProvider } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embedMany,
  generateText,
  JSONParseError,
  type LanguageModelUsage,
  RetryError,
  StreamProviderError,
  streamText,
  type ToolSet,
  type TypedToolCall,
  TypeValidationError,
} from "ai";
import type { Final, Outcome, OutcomeError, ToolCall } from "../lib/protocol.ts";
import { type Call, Raised, ask, each, kindOf, messageOf, serve } from "../lib/serve.ts";
import { NAME, settingsOf } from "./settings.ts";

const { version } = createRequire(import.meta.url)("ai/package.json") as { version: string };

const options = ({ control: { timeoutMs, maxRetries }, signal }: Call): object => ({
  abortSignal: signal,
  ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  ...(maxRetries !== undefined && { maxRetries }),
});

async function chat(provider: OpenAICompatibleProvider, call: Call): Promise<void> {
  const model = provider(String(call.params["model"]));
  const settings = { model, ...settingsOf(call.params), ...options(call) };
  const answer = await ask(() => generateText(settings));
  const { text, reasoningText, toolCalls, usage, response } = answer;
  if (reasoningText !== undefined) call.outcome.extra["reasoning_content"] = reasoningText;
  call.outcome.final = {
    text,
    toolCalls: toolCalls.map(toolCallOf),
    finishReason: answer.rawFinishReason ?? answer.finishReason,
    usage: usageOf(usage),
    id: response.id,
    model: response.modelId,
  };
}

async function stream(provider: OpenAICompatibleProvider, call: Call): Promise<void> {
  const model = provider(String(call.params["model"]));
  // Errors come as parts of the stream as well; by default they are also printed.
  const settings = { model, ...settingsOf(call.params), ...options(call), onError: () => {} };
  const { fullStream } = await ask(() => streamText(settings));
  const final: Final = { text: null, toolCalls: [], finishReason: null, usage: null, id: null, model: null };
  for await (const part of each(fullStream)) {
    if (part.type === "error") throw new Raised(part.error);
    if (part.type === "abort")
      throw new Raised(new DOMException(part.reason ?? "aborted", nameOf(part.reason)));
    if (part.type === "start" || part.type === "start-step") continue;
    call.outcome.final = final;
    call.outcome.events ??= 0;
    if (part.type === "tool-call") final.toolCalls?.push(toolCallOf(part));
    if (part.type === "reasoning-delta") surfaceReasoning(call.outcome, part.text);
    if (part.type === "finish") final.usage = usageOf(part.totalUsage);
    if (part.type === "finish-step") {
      final.finishReason = part.rawFinishReason ?? part.finishReason;
      final.id = part.response.id;
      final.model = part.response.modelId;
    }
    if (part.type === "text-delta") final.text = (final.text ?? "") + part.text;
    // Its pieces of text are what a reader of the stream counts.
    if (part.type === "text-delta" && call.event()) break;
  }
}

/** The stream says an abort and a timeout alike, with the reason as text. */
function nameOf(reason: string | undefined): string {
  return reason?.startsWith("TimeoutError") === true ? "TimeoutError" : "AbortError";
}

function surfaceReasoning({ extra }: Outcome, text: string): void {
  extra["reasoning_content"] = String(extra["reasoning_content"] ?? "") + text;
}

/** The SDK parses the arguments; what it could not parse it gives as it came. */
function toolCallOf({ toolCallId, toolName, input }: TypedToolCall<ToolSet>): ToolCall {
  return {
    id: toolCallId,
    name: toolName,
    arguments: typeof input === "string" ? input : JSON.stringify(input),
  };
}

/** Its own names for the figures of OpenAI. */
function usageOf({ inputTokens, outputTokens, totalTokens }: LanguageModelUsage): object | null {
  if (inputTokens === undefined && outputTokens === undefined) return null;
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: totalTokens };
}

function error(raised: unknown): OutcomeError {
  const message = messageOf(raised);
  // After several tries it raises what became of all of them.
  if (RetryError.isInstance(raised)) return { ...error(raised.lastError), message };
  if (APICallError.isInstance(raised) && (raised.statusCode ?? 200) >= 400)
    return { kind: "api", status: raised.statusCode ?? null, message };
  if (StreamProviderError.isInstance(raised)) return { kind: "api", message };
  if (/ended without a finish reason/.test(message)) return { kind: "incomplete", message };
  const cause = raised instanceof Error ? raised.cause : undefined;
  if (JSONParseError.isInstance(raised) || TypeValidationError.isInstance(cause))
    return { kind: "decode", message };
  return { kind: kindOf(raised), message };
}

/** The text of an error is the status' own; what the server said is kept beside it. */
function errorBody(raised: unknown): unknown {
  const last = RetryError.isInstance(raised) ? raised.lastError : raised;
  return APICallError.isInstance(last) ? last.responseBody : undefined;
}

await serve<OpenAICompatibleProvider>({
  client: { name: "ai", version },
  capabilities: ["cancel", "timeout", "retries", "tools", "streamOptions"],
  connect: ({ baseUrl, apiKey }) => createOpenAICompatible({ name: NAME, baseURL: baseUrl, apiKey }),
  error,
  errorBody,
  operations: {
    "embeddings.create": async (provider, call) => {
      const { input, model, ...rest } = call.params;
      const settings = {
        model: provider.embeddingModel(String(model)),
        values: [input].flat() as string[],
        providerOptions: { [NAME]: rest as never },
        ...options(call),
      };
      const { embeddings } = await ask(() => embedMany(settings));
      call.outcome.embeddings = embeddings;
    },
    "chat.create": chat,
    "chat.stream": stream,
  },
});
