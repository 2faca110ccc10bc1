/**
 * The `openai` package of npm. Without an argument streams are read chunk by chunk; with `--helper` through
 * `chat.completions.stream()`, which joins the chunks itself.
 */
import OpenAI, {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  OpenAIError,
} from "openai";
import { VERSION } from "openai/version";
import { Joiner, surfaceCompletion } from "../lib/chat.ts";
import type { OutcomeError } from "../lib/protocol.ts";
import { type Call, ask, each, kindOf, messageOf, serve } from "../lib/serve.ts";

const helper = process.argv.includes("--helper");

/** A request's own options; what is absent is the client's default. */
function options({ control: { timeoutMs, maxRetries }, signal }: Call): OpenAI.RequestOptions {
  return {
    signal,
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
}

async function chunks(client: OpenAI, call: Call): Promise<void> {
  const body = { ...call.params, stream: true } as unknown as OpenAI.ChatCompletionCreateParamsStreaming;
  const stream = await ask(() => client.chat.completions.create(body, options(call)));
  const joiner = new Joiner(call.outcome);
  for await (const chunk of each(stream)) {
    joiner.add(chunk);
    if (call.event()) break;
  }
}

/** An error leaves the picture that the helper had of the answer, which it goes on changing in place. */
async function helped(client: OpenAI, call: Call): Promise<void> {
  type Body = Parameters<typeof client.chat.completions.stream>[0];
  const stream = await ask(() =>
    client.chat.completions.stream(call.params as unknown as Body, options(call)),
  );
  let answer: unknown;
  try {
    for await (const _ of each(stream)) {
      answer = stream.currentChatCompletionSnapshot;
      if (call.event()) return;
    }
    answer = await ask(() => stream.finalChatCompletion());
  } finally {
    if (answer !== undefined) surfaceCompletion(call.outcome, answer);
  }
}

function error(raised: unknown): OutcomeError {
  const message = messageOf(raised);
  if (raised instanceof APIUserAbortError) return { kind: "abort", message };
  if (raised instanceof APIConnectionTimeoutError) return { kind: "timeout", message };
  if (raised instanceof APIConnectionError) return { kind: "connection", message };
  if (raised instanceof APIError)
    return { kind: "api", status: raised.status ?? null, message, code: raised.code ?? null };
  // So the helper says that the stream ended too early.
  if (/^(?:missing finish_reason|request ended without)/.test(message))
    return { kind: "incomplete", message };
  // The helper wraps what it caught.
  if (raised instanceof OpenAIError && raised.cause instanceof Error)
    return { ...error(raised.cause), message };
  return { kind: kindOf(raised), message };
}

await serve<OpenAI>({
  client: { name: helper ? "openai (stream helper)" : "openai", version: VERSION },
  capabilities: ["cancel", "timeout", "retries", "n", "tools", "streamOptions"],
  connect: ({ baseUrl, apiKey }) => new OpenAI({ baseURL: baseUrl, apiKey }),
  error,
  operations: {
    "models.list": async (client, call) => {
      const { data } = await ask(() => client.models.list(options(call)));
      call.outcome.models = data.map(({ id }) => id);
    },
    "models.get": async (client, call) => {
      call.outcome.model = await ask(() =>
        client.models.retrieve(String(call.params["model"]), options(call)),
      );
    },
    "embeddings.create": async (client, call) => {
      const body = call.params as unknown as OpenAI.EmbeddingCreateParams;
      const { data } = await ask(() => client.embeddings.create(body, options(call)));
      call.outcome.embeddings = data.map(({ index, embedding }) => ({ index, embedding }));
    },
    "chat.create": async (client, call) => {
      const body = call.params as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
      const completion = await ask(() => client.chat.completions.create(body, options(call)));
      surfaceCompletion(call.outcome, completion);
    },
    "chat.stream": helper ? helped : chunks,
  },
});
