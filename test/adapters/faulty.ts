/** An adapter over adapters/lib whose client or whose own code fails, as the model says. */
import { Joiner, surfaceCompletion } from "../../adapters/lib/chat.ts";
import { ask, each, kindOf, messageOf, serve } from "../../adapters/lib/serve.ts";

async function* chunks(model: string): AsyncGenerator<unknown> {
  yield { choices: [{ index: 0, delta: { content: "Hel" } }] };
  await Promise.resolve();
  if (model === "client") throw new SyntaxError("the client can't read it");
  yield model === "own" ? { choices: 1 } : { choices: [{ index: 0, delta: { content: "lo" } }] };
}

async function complete(model: string): Promise<unknown> {
  await Promise.resolve();
  if (model === "client") throw new SyntaxError("the client can't read it");
  if (model === "text") return "data: [DONE]";
  return model === "own" ? { choices: 1 } : { choices: [{ index: 0, message: { content: "Hello" } }] };
}

await serve<object>({
  client: { name: "faulty", version: "0" },
  capabilities: [],
  connect: () => ({}),
  error: (raised) => ({ kind: kindOf(raised), message: messageOf(raised) }),
  operations: {
    "chat.create": async (_, { params, outcome }) => {
      surfaceCompletion(outcome, await ask(() => complete(String(params["model"]))));
    },
    "chat.stream": async (_, { params, outcome, event }) => {
      const joiner = new Joiner(outcome);
      for await (const chunk of each(chunks(String(params["model"])))) {
        joiner.add(chunk);
        if (event()) break;
      }
    },
  },
});
