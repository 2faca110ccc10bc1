/**
 * A new adapter begins as a copy of this folder: put your client in the place of `TinyClient`, and its own words in the
 * operations. What is left out of `operations` and `capabilities` is never asked for. docs/write-an-adapter.md says the rest.
 */
import { Joiner, surfaceCompletion } from "../lib/chat.ts";
import type { OutcomeError } from "../lib/protocol.ts";
import { type Call, ask, each, kindOf, messageOf, serve } from "../lib/serve.ts";

/** Stands for the library: `import { Client } from "your-client"`. It reads streams as a first draft does: see its verdicts. */
class TinyClient {
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;

  constructor(baseUrl: string, apiKey: string) {
    this.#baseUrl = baseUrl.replace(/\/$/, "");
    this.#headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  }

  async request(path: string, signal: AbortSignal, body?: object): Promise<Response> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      headers: this.#headers,
      signal,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new StatusError(response.status, await response.text());
    return response;
  }

  async models(signal: AbortSignal): Promise<{ data: { id: string }[] }> {
    const response = await this.request("/models", signal);
    return (await response.json()) as { data: { id: string }[] };
  }

  async complete(body: object, signal: AbortSignal): Promise<unknown> {
    const response = await this.request("/chat/completions", signal, body);
    return response.json();
  }

  async *stream(body: object, signal: AbortSignal): AsyncGenerator<unknown> {
    const response = await this.request("/chat/completions", signal, { ...body, stream: true });
    let rest = "";
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + text).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = event.replace(/^data: /, "");
        if (data === "[DONE]") return;
        yield JSON.parse(data);
      }
    }
  }
}

class StatusError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** By the classes that the client raises; `message` is the text that its user would log. */
function error(raised: unknown): OutcomeError {
  if (raised instanceof StatusError) return { kind: "api", status: raised.status, message: raised.message };
  return { kind: kindOf(raised), message: messageOf(raised) };
}

/**
 * Surfaced while it is read, so that an error later leaves what came before it. The client is called through `ask` and
 * `each`: what it raises there is its error, and what else goes wrong here is the adapter's.
 */
async function stream(client: TinyClient, call: Call): Promise<void> {
  const joiner = new Joiner(call.outcome);
  for await (const chunk of each(client.stream(call.params, call.signal))) {
    joiner.add(chunk);
    if (call.event()) break; // the consumer leaves, as a user does
  }
}

await serve<TinyClient>({
  client: { name: "template", version: "0.0.0" },
  capabilities: ["cancel", "n", "tools", "streamOptions"],
  connect: ({ baseUrl, apiKey }) => new TinyClient(baseUrl, apiKey),
  error,
  operations: {
    "models.list": async (client, call) => {
      const { data } = await ask(() => client.models(call.signal));
      call.outcome.models = data.map(({ id }) => id);
    },
    "chat.create": async (client, call) => {
      surfaceCompletion(call.outcome, await ask(() => client.complete(call.params, call.signal)));
    },
    "chat.stream": stream,
  },
});
