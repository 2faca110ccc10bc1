/** The reference: a client by hand, in client.ts beside this file. */
import { Joiner, surfaceCompletion } from "../lib/chat.ts";
import { type Call, messageOf, serve } from "../lib/serve.ts";
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
  capabilities: ["cancel", "timeout", "retries"],
  connect: ({ baseUrl, apiKey }) => new GatewayClient({ baseUrl, apiKey }),
  error: (raised) => {
    if (!(raised instanceof GatewayError)) return { kind: "other", message: messageOf(raised) };
    const { kind, message, status = null, code = null, retryAfterMs = null } = raised;
    return { kind, status, message, code, retryAfterMs };
  },
  operations: {
    "models.list": async (client, call) => {
      call.outcome.models = (await client.models(options(call))).map(({ id }) => String(id));
    },
    "models.get": async (client, call) => {
      call.outcome.model = await client.model(String(call.params["model"]), options(call));
    },
    "embeddings.create": async (client, call) => {
      call.outcome.embeddings = await client.embeddings(call.params, options(call));
    },
    "chat.create": async (client, call) => {
      surfaceCompletion(call.outcome, await client.chat(call.params, options(call)));
    },
    "chat.stream": async (client, call) => {
      const stream = await client.chatStream(call.params, options(call));
      const joiner = new Joiner(call.outcome);
      for await (const chunk of stream) {
        joiner.add(chunk);
        if (call.event()) break;
      }
    },
  },
});
