import type { Answer, ExchangeRequest, LaterAnswer, Source } from "../../exchange/index.ts";
import {
  MODEL_TYPES,
  type WorldModel,
  type WorldState,
  chatSearchOf,
  modelName,
  promptTokens,
  readBodyValue,
} from "../../ogl/index.ts";
import type { OglVersion } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";
import { type Json, type SynthesisRequest, type Pace, type Reply, synthesized } from "./base/index.ts";
import { answered, chat, chatStream } from "./chat/index.ts";
import { embeddings } from "./embeddings.ts";
import { isFaultModel, misbehave, worldModel } from "./fault-models/index.ts";
import { takesLong } from "./effort.ts";
import { media } from "./media/index.ts";
import { rerank } from "./rerank.ts";

export interface SynthesizerOptions {
  readonly ogl: OglVersion;
  /** Models of the mock. */
  readonly state: WorldState;
  readonly pace?: Pace;
  /** True if no world was given: models that fault models and replies name need not be listed. */
  readonly open?: boolean;
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

/** The body of a chat that has searched, as the model gets it; `undefined` for any other. */
function sentBody(exchange: ExchangeRequest): Json | undefined {
  const found = chatSearchOf(exchange)?.found;
  return found && withPrompt(bodyOf(exchange), found.prompt);
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
  const whole = { ...request, body };
  const makeAs = (own: SynthesisRequest, stream: boolean): Answer =>
    operation === "chat.stream" && !stream ? chat(own) : make(own);
  // A reply is sent as its author wrote it.
  const spoiled =
    whole.reply === undefined ? misbehave(whole, operation === "chat.stream", makeAs) : undefined;
  return spoiled ?? make(whole);
}

/** Request that can be answered, as replies choose by it. */
interface RepliableRequest {
  readonly operation: string;
  readonly model: string;
  readonly session: string;
  readonly body: () => Json;
  readonly sent: () => Json;
  readonly canAnswer: (namesModel: boolean) => boolean;
}

/** Reply of a test to a request. */
interface OwnReply {
  readonly id: number;
  readonly reply: Reply;
  /** True if the model need not exist. */
  readonly namesModel: boolean;
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
    const { operation } = exchange;
    if (operation === undefined) return undefined;
    if (operation.path === "/health") return answered({ status: "ok" }, synthesized("health"));
    const { ogl, state, pace = {} } = this.#options;
    const answer = media({ ogl, state, exchange });
    if (answer !== undefined) return { ...answer, script: { ...answer.script, wait: pace.ttft ?? 0 } };
    const question = this.questionOf(exchange);
    if (question === undefined) return undefined;
    const model = this.#modelOf(exchange, question.model, isFaultModel);
    return model && this.#make(exchange, question, model, undefined);
  }

  /** The request as replies see it; `undefined` for one that can't be answered by a reply. */
  questionOf(exchange: ExchangeRequest): RepliableRequest | undefined {
    const { operation, session, insight } = exchange;
    if (operation === undefined) return undefined;
    const [id] = (operation.path === "/v1/rerank" ? RERANK : MAKERS[operation.id]) ?? [];
    if (id === undefined) return undefined;
    const outline = insight?.isJson === true ? insight.outline : undefined;
    const model = modelName(operation, outline ?? bodyOf(exchange));
    if (model === undefined) return undefined;
    const canAnswer = (namesModel: boolean): boolean =>
      this.#modelOf(exchange, model, () => namesModel) !== undefined;
    const body = (): Json => bodyOf(exchange);
    return { operation: id, model, session, body, sent: () => sentBody(exchange) ?? body(), canAnswer };
  }

  /** Answers with the reply of a test. @returns `undefined` for a model that does not exist, or one of another type */
  answerWith(
    exchange: ExchangeRequest,
    { id, reply, namesModel }: OwnReply,
  ): Answer | LaterAnswer | undefined {
    const question = this.questionOf(exchange);
    const model = question && this.#modelOf(exchange, question.model, () => namesModel);
    if (question === undefined || model === undefined) return undefined;
    const made = this.#make(exchange, question, model, reply);
    return "later" in made
      ? { later: made.later.then((answer) => repliedBy(id, answer)) }
      : repliedBy(id, made);
  }

  /** The model of a request. @param invented whether a model of that name may be made up, if the world lists none */
  #modelOf(
    { operation, session }: ExchangeRequest,
    name: string,
    invented: (name: string) => boolean,
  ): WorldModel | undefined {
    const { state, open = false } = this.#options;
    const types = MODEL_TYPES[operation?.path ?? ""] ?? [];
    const [type = ""] = types;
    const listed = state.routerOf(name, session)?.model;
    const model = listed ?? (open && invented(name) ? (worldModel(name) ?? { id: name, type }) : undefined);
    return model !== undefined && types.includes(model.type) ? model : undefined;
  }

  #make(
    exchange: ExchangeRequest,
    { operation, model: name }: RepliableRequest,
    model: WorldModel,
    reply: Reply | undefined,
  ): Answer | LaterAnswer {
    const { ogl, pace = {}, elsewhere } = this.#options;
    const { insight } = exchange;
    const search = chatSearchOf(exchange);
    const sent = sentBody(exchange);
    const id = exchange.operation?.id ?? operation;
    const work = (prompt: number): SynthesisWork => ({
      operation,
      request: { name, model, ogl, prompt, pace, reply, search },
    });
    if (insight !== undefined) {
      const tokens = sent === undefined ? insight.promptTokens : promptTokens(id, sent);
      const later = elsewhere?.(work(tokens), exchange);
      if (later !== undefined) return { later };
    }
    const body = bodyOf(exchange);
    const whole = work(promptTokens(id, sent ?? body, exchange.body));
    const later = takesLong(operation, body, exchange.body.length) ? elsewhere?.(whole, exchange) : undefined;
    return later === undefined ? synthesize(whole, body) : { later };
  }
}

/** Id of the config's `respond`, which is named by itself. */
const RESPOND = 0;

/** Names the reply as an answer's author. */
function repliedBy(id: number, answer: Answer): Answer {
  const { by } = answer;
  return id !== RESPOND && by.kind === "reply" && by.from === "respond"
    ? { ...answer, by: { ...by, from: "reply", id } }
    : answer;
}
