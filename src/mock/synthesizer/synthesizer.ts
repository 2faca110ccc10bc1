import type { Answer, ExchangeRequest, LaterAnswer, Source } from "../../exchange/index.ts";
import {
  MODEL_TYPES,
  type WorldState,
  chatSearchOf,
  modelName,
  promptTokens,
  readBodyValue,
} from "../../ogl/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";
import {
  type Json,
  type SynthesisRequest,
  type Pace,
  type Respond,
  callRespond,
  synthesized,
} from "./base/index.ts";
import { answered, chat, chatStream } from "./chat/index.ts";
import { embeddings } from "./embeddings.ts";
import { takesLong } from "./effort.ts";
import { media } from "./media/index.ts";
import { rerank } from "./rerank.ts";

export interface SynthesizerOptions {
  readonly ogl: OglVersion;
  /** Models of the mock. */
  readonly state: WorldState;
  readonly pace?: Pace;
  /** Replies with precedence over synthesized ones. */
  readonly respond?: Respond;
  /** Makes answers that take long in another thread; `undefined` if there is none. */
  readonly elsewhere?: (work: SynthesisWork, exchange: ExchangeRequest) => Promise<Answer> | undefined;
}

/** An answer to be made. */
export interface SynthesisWork {
  readonly operation: string;
  readonly request: Omit<SynthesisRequest, "body">;
}

/** The body as OGL reads it: also one that nests deeper than those that gatetape compares. */
function bodyOf(exchange: ExchangeRequest): Json {
  const body = exchange.json ?? readBodyValue(exchange);
  return isObject(body) ? body : {};
}

/** A chat as the model gets it after a search: with the prompt in place of the last message. */
function withPrompt(body: Json, prompt: string): Json {
  const messages = Array.isArray(body["messages"]) ? (body["messages"] as readonly unknown[]) : [];
  const last = messages.at(-1);
  const replaced = isObject(last) ? { ...last, content: prompt } : { role: "user", content: prompt };
  return { ...body, messages: [...messages.slice(0, -1), replaced] };
}

/** Names and makers of the operations that can be synthesized, by operation id. */
const MAKERS: Readonly<Record<string, readonly [name: string, make: (request: SynthesisRequest) => Answer]>> =
  {
    "chat.create": ["chat.create", chat],
    "chat.stream": ["chat.stream", chatStream],
    "embeddings.create": ["embeddings.create", embeddings],
  };
const RERANK = ["rerank", rerank] as const;

/** Makes the answer of an operation that can be synthesized. */
export function synthesize({ operation, request }: SynthesisWork, body: Json): Answer {
  const make = operation === RERANK[0] ? rerank : MAKERS[operation]?.[1];
  if (make === undefined) throw new Error(`${operation} can't be synthesized`);
  return make({ ...request, body });
}

/**
 * Source for requests that nobody recorded: chats, embeddings, rankings, transcriptions, OCR. The same request gets the same answer on every
 * machine. Requests that the world refuses (for an unknown model, or one of another type) are left to the world.
 */
export class Synthesizer implements Source {
  readonly #options: SynthesizerOptions;

  constructor(options: SynthesizerOptions) {
    this.#options = options;
  }

  answer(exchange: ExchangeRequest): Answer | LaterAnswer | undefined {
    const { operation, session, insight } = exchange;
    if (operation === undefined) return undefined;
    if (operation.path === "/health") return answered({ status: "ok" }, synthesized("health"));
    const { ogl, state, pace = {}, respond, elsewhere } = this.#options;
    const answer = media({ ogl, state, exchange });
    if (answer !== undefined) return { ...answer, script: { ...answer.script, wait: pace.ttft ?? 0 } };
    const [id] = (operation.path === "/v1/rerank" ? RERANK : MAKERS[operation.id]) ?? [];
    if (id === undefined) return undefined;
    const outline = insight?.isJson === true ? insight.outline : undefined;
    const name = modelName(operation, outline ?? bodyOf(exchange));
    if (name === undefined) return undefined;
    const model = state.routerOf(name, session)?.model;
    if (model === undefined || !MODEL_TYPES[operation.path]?.includes(model.type)) return undefined;
    const search = chatSearchOf(exchange);
    const sent = search?.found === undefined ? undefined : withPrompt(bodyOf(exchange), search.found.prompt);
    const reply =
      respond &&
      callRespond(respond, { operation: id, model: name, body: sent ?? bodyOf(exchange), session });
    const work = (prompt: number): SynthesisWork => ({
      operation: id,
      request: { name, model, ogl, prompt, pace, reply, search },
    });
    if (insight !== undefined) {
      const tokens = sent === undefined ? insight.promptTokens : promptTokens(operation.id, sent);
      const later = elsewhere?.(work(tokens), exchange);
      if (later !== undefined) return { later };
    }
    const body = bodyOf(exchange);
    const whole = work(promptTokens(operation.id, sent ?? body, exchange.body));
    const later = takesLong(id, body, exchange.body.length) ? elsewhere?.(whole, exchange) : undefined;
    return later === undefined ? synthesize(whole, body) : { later };
  }
}
