import type { Answer, ExchangeRequest, Source } from "../../exchange/index.ts";
import { MODEL_TYPES, type WorldState, promptTokens } from "../../ogl/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";
import { type SynthesisRequest, type Pace, type Respond, callRespond, synthesized } from "./base/index.ts";
import { answered, chat, chatStream } from "./chat/index.ts";
import { embeddings } from "./embeddings.ts";
import { rerank } from "./rerank.ts";

export interface SynthesizerOptions {
  readonly ogl: OglVersion;
  /** Models of the mock. */
  readonly state: WorldState;
  readonly pace?: Pace;
  /** Replies with precedence over synthesized ones. */
  readonly respond?: Respond;
}

/** Names and makers of the operations that can be synthesized, by operation id. */
const MAKERS: Readonly<Record<string, readonly [name: string, make: (request: SynthesisRequest) => Answer]>> =
  {
    "chat.create": ["chat.create", chat],
    "chat.stream": ["chat.stream", chatStream],
    "embeddings.create": ["embeddings.create", embeddings],
  };
const RERANK = ["rerank", rerank] as const;

/**
 * Source for requests that nobody recorded: chats, embeddings, rankings. The same request gets the same answer on every
 * machine. Requests that the world refuses (for an unknown model, or one of another type) are left to the world.
 */
export class Synthesizer implements Source {
  readonly #options: SynthesizerOptions;

  constructor(options: SynthesizerOptions) {
    this.#options = options;
  }

  answer(exchange: ExchangeRequest): Answer | undefined {
    const { operation, json: body, session } = exchange;
    if (operation === undefined) return undefined;
    if (operation.path === "/health") return answered({ status: "ok" }, synthesized("health"));
    const [name, make] = (operation.path === "/v1/rerank" ? RERANK : MAKERS[operation.id]) ?? [];
    if (name === undefined || make === undefined || !isObject(body) || typeof body["model"] !== "string")
      return undefined;
    const { ogl, state, pace = {}, respond } = this.#options;
    const model = state.routerOf(body["model"])?.model;
    if (model === undefined || !MODEL_TYPES[operation.path]?.includes(model.type)) return undefined;
    const reply = callRespond(respond, { operation: name, model: body["model"], body, session });
    const prompt = promptTokens(operation.id, body);
    return make({ name: body["model"], model, body, ogl, prompt, pace, reply });
  }
}
