/** The reference: a client by hand, in client.ts beside this file. */
import { Joiner, surfaceCompletion } from "../lib/chat.ts";
import { type Call, ask, each, messageOf, serve } from "../lib/serve.ts";
import { GatewayClient } from "./client.ts";
import { GatewayError } from "./errors.ts";
import type { RequestOptions } from "./http.ts";

const options = ({ control: { timeoutMs, maxRetries }, signal }: Call): RequestOptions => ({
  timeoutMs,
  maxRetries,
  signal,
});

await serve<GatewayClient>({
  client: { name: "fetch", version: "eventsource-parser 4.1.3" },
  capabilities: ["cancel", "timeout", "retries", "n", "tools", "streamOptions"],
  connect: ({ baseUrl, apiKey }) => new GatewayClient({ baseUrl, apiKey }),
  error: (raised) => {
    if (!(raised instanceof GatewayError)) return { kind: "other", message: messageOf(raised) };
    const { kind, message, status = null, code = null, retryAfterMs = null } = raised;
    return { kind, status, message, code, retryAfterMs };
  },
  operations: {
    "models.list": async (client, call) => {
      const models = await ask(() => client.models(options(call)));
      call.outcome.models = models.map(({ id }) => String(id));
    },
    "models.get": async (client, call) => {
      call.outcome.model = await ask(() => client.model(String(call.params["model"]), options(call)));
    },
    "embeddings.create": async (client, call) => {
      call.outcome.embeddings = await ask(() => client.embeddings(call.params, options(call)));
    },
    "chat.create": async (client, call) => {
      surfaceCompletion(call.outcome, await ask(() => client.chat(call.params, options(call))));
    },
    "chat.stream": async (client, call) => {
      const stream = await ask(() => client.chatStream(call.params, options(call)));
      const joiner = new Joiner(call.outcome);
      for await (const chunk of each(stream)) {
        joiner.add(chunk);
        if (call.event()) break;
      }
    },
  },
});
