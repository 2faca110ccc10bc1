import { printSpaced } from "../../cassette/index.ts";
import type { Answer, Exchange, Source } from "../../gateway/index.ts";
import type { OglVersion } from "../../spec/index.ts";
import { type Op, simpleScript } from "../../wire/index.ts";
import { computed } from "./computed.ts";
import { pythonFloat } from "./python-float.ts";
import type { WorldState } from "./state.ts";
import { countTokens, promptTokens } from "./tokens.ts";
import type { WorldModel } from "./types.ts";
import { type CountedTokens, usageObject } from "./usage.ts";

const TOKENS = ["Hello", ",", " world", "!"];
const DIMENSION = 4;
const CREATED = 1_760_000_000;

/** One short answer an operation, for a world without cassettes. Always the same: it makes nothing up. */
export class StandIn implements Source {
  readonly #state: WorldState;
  readonly #ogl: OglVersion;

  constructor(state: WorldState, ogl: OglVersion) {
    this.#state = state;
    this.#ogl = ogl;
  }

  answer(exchange: Exchange): Answer | undefined {
    const { operation, json } = exchange;
    if (operation === undefined) return undefined;
    if (operation.path === "/health") return computed({ status: "ok" });
    const name = (json as { model?: unknown } | undefined)?.model;
    const router = typeof name === "string" ? this.#state.routerOf(name) : undefined;
    if (router === undefined) return undefined;
    const asked = { name: name as string, model: router.model, prompt: promptTokens(operation.id, json) };
    switch (operation.id) {
      case "chat.create":
        return this.#chat(asked);
      case "chat.stream":
        return this.#stream(asked);
      case "embeddings.create":
        return this.#embeddings(asked, (json as { input: unknown }).input);
      default:
        return undefined;
    }
  }

  #chat({ name, model, prompt }: Asked): Answer {
    const message = {
      role: "assistant",
      content: TOKENS.join(""),
      refusal: null,
      annotations: null,
      audio: null,
      function_call: null,
      tool_calls: [],
      reasoning_content: null,
    };
    return computed({
      id: "chatcmpl-5f0c1d2e3a4b",
      object: "chat.completion",
      created: CREATED,
      model: name,
      choices: [
        { index: 0, message, logprobs: null, finish_reason: "stop", stop_reason: null, token_ids: null },
      ],
      service_tier: null,
      system_fingerprint: null,
      usage: this.#usage(model, { prompt, completion: countTokens(TOKENS.join("")) ?? 0 }),
      prompt_logprobs: null,
      kv_transfer_params: null,
    });
  }

  /**
   * A stream as OGL sends it: compact chunks of the upstream with the provider's name for the model, then OGL's own with
   * the usage. Later generations print all chunks anew, with the router's name.
   */
  #stream({ model, prompt }: Asked): Answer {
    const next = this.#ogl === "next";
    const chunk = (choices: object[], more: object = {}): object => ({
      id: next ? "request-5f0c1d2e3a4b4c5d8e6f7a8b9c0d1e2f" : "chatcmpl-5f0c1d2e3a4b",
      object: "chat.completion.chunk",
      created: CREATED,
      model: next ? model.id : (model.provider_name ?? model.id),
      choices,
      ...more,
    });
    const delta = (content: object, finish: string | null): object =>
      chunk([{ index: 0, delta: content, logprobs: null, finish_reason: finish, token_ids: null }]);
    const usage = this.#usage(model, { prompt, completion: TOKENS.length });
    const chunks = [
      delta({ role: "assistant", content: "" }, null),
      ...TOKENS.map((content) => delta({ content }, null)),
      delta({ content: "" }, "stop"),
    ].map((value) => (next ? printSpaced(value) : JSON.stringify(value)));
    const events = [...chunks, printSpaced(chunk([], { usage })), "[DONE]"];
    const script = simpleScript(200, "OK", Buffer.alloc(0));
    return {
      by: "the world",
      script: {
        ...script,
        head: script.head && {
          ...script.head,
          framing: "chunked",
          headers: [
            ["date", null],
            ["server", "uvicorn"],
            ["content-type", "text/event-stream; charset=utf-8"],
            ["Transfer-Encoding", null],
          ],
        },
        ops: [
          ...events.map((data): Op => ({ op: "write", bytes: Buffer.from(`data: ${data}\n\n`) })),
          { op: "complete" },
        ],
      },
    };
  }

  #embeddings({ name, model, prompt }: Asked, input: unknown): Answer {
    const batch = Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1;
    const embedding = Array.from({ length: model.dimension ?? DIMENSION }, (_, i) =>
      pythonFloat((i + 1) / 8),
    );
    return computed({
      data: Array.from({ length: batch }, (_, index) => ({ embedding, index, object: "embedding" })),
      model: name,
      object: "list",
      usage: this.#usage(model, { prompt, completion: 0 }),
      id: "embd-5f0c1d",
      created: CREATED,
    });
  }

  #usage(model: WorldModel, tokens: CountedTokens): object {
    return usageObject(this.#ogl, model, tokens);
  }
}

interface Asked {
  /** The model's name as the request has it: JSON answers repeat that. */
  readonly name: string;
  readonly model: WorldModel;
  readonly prompt: number;
}
