import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import type { Header, Script } from "../../../http/index.ts";
import { MODEL_TYPES } from "../../../ogl/index.ts";
import { bareUpstream } from "../../synthesizer/index.ts";
import { type DialectParts, type Json, type MadeAnswer, innerRequest } from "../base/index.ts";

/** Paths of OGL's operations, by which the mock's own sources are asked. */
export const CHAT_PATH = "/v1/chat/completions";
export const EMBEDDINGS_PATH = "/v1/embeddings";
export const RERANK_PATH = "/v1/rerank";

/** A question to the mock's own sources, and the answers made of theirs. */
export interface Question {
  readonly path: string;
  readonly body: Json;
  /** The model that answers for one that nobody knows, on a server that ignores the name. */
  readonly fallback?: string;
  /** A refusal in the server's envelope, for what replies and fault models refuse. */
  readonly refused: (status: number, message: string) => Answer;
  /** The server's answer when what runs its models dies before a byte; without it the server dies itself. */
  readonly died?: () => Answer;
  /** @param model the one that answered */
  readonly make: (answer: Answer, model: string) => Answer;
  /** The answer for a model that does not exist. */
  readonly absent: () => Answer;
  /** The answer for a model of another type. */
  readonly unsupported: () => Answer;
}

/** Puts a question to replies, fault models and the synthesizer, and makes the dialect's answer of theirs. */
export function askSources(request: ExchangeRequest, parts: DialectParts, question: Question): MadeAnswer {
  const { path, body, fallback, absent, unsupported } = question;
  const model = String(body["model"]);
  const answer = parts.ask(innerRequest(parts.spec, request, { path, body }));
  if (answer !== undefined) {
    const make = (own: Answer): Answer =>
      bareAnswer(question, own, model, body["stream"] === true) ?? question.make(own, model);
    return "later" in answer ? { later: answer.later.then(make) } : make(answer);
  }
  const listed = parts.state.routerOf(model, request.session)?.model;
  if (listed === undefined && fallback !== undefined && fallback !== model) {
    return askSources(request, parts, { ...question, body: { ...body, model: fallback } });
  }
  // A mock that only plays what was recorded has no source even for a model that fits.
  const isOther = listed !== undefined && !(MODEL_TYPES[path] ?? []).includes(listed.type);
  return isOther ? unsupported() : absent();
}

/** The answer of a fault model's upstream itself, where OGL answers in its place; `undefined` for any other answer. */
function bareAnswer(
  { refused, died }: Question,
  answer: Answer,
  model: string,
  stream: boolean,
): Answer | undefined {
  const bare = answer.by.kind === "synthesizer" ? bareUpstream(model, stream) : undefined;
  if (bare === undefined) return undefined;
  const { by, script } = answer;
  if (bare === "stalls") return { by, script: { wait: script.wait, head: null, ops: [{ op: "stall" }] } };
  if (bare === "closes") {
    const own: Script = died?.().script ?? { wait: 0, head: null, ops: [{ op: "truncate" }] };
    return { by, script: { ...own, wait: script.wait } };
  }
  return { by, script: { ...rawBody(refused(bare.status, "").script, bare.body), wait: script.wait } };
}

/** An answer with another body, and the type that fits it. */
function rawBody(script: Script, body: string): Script {
  const { head, ops } = script;
  const html = body.startsWith("<") ? "text/html" : "text/plain";
  const type = /^[[{"\d]/.test(body) ? undefined : html;
  const named = (header: Header): Header =>
    type !== undefined && header[0].toLowerCase() === "content-type" ? [header[0], type] : header;
  const ends = ops.filter(({ op }) => op !== "write");
  return {
    ...script,
    head: head && { ...head, headers: head.headers.map(named) },
    ops: body === "" ? ends : [{ op: "write", bytes: Buffer.from(body) }, ...ends],
  };
}

/** The first model of the world that a path takes; `undefined` if there is none. */
export function servedModel({ state }: DialectParts, session: string, path: string): string | undefined {
  return state.listed(session).find(({ model }) => (MODEL_TYPES[path] ?? []).includes(model.type))?.model.id;
}

/** The chat that a body asks for: a prompt is a message of the user. Streams tell their usage, which the wire may leave out. */
export function chatRequest(body: Json, model: string): Json {
  const { prompt, logprobs, ...others } = body;
  // A completion counts the alternatives where a chat says that it wants any.
  const tokens = typeof logprobs === "number" ? { logprobs: true, top_logprobs: logprobs } : { logprobs };
  const rest = logprobs === undefined ? others : { ...others, ...tokens };
  const messages = body["messages"] ?? [{ role: "user", content: firstPrompt(prompt) }];
  const options = body["stream"] === true ? { stream_options: { include_usage: true } } : {};
  // OGL 0.4 drops tools without a choice; to the servers themselves that is `auto`.
  const choice =
    body["tools"] !== undefined && body["tool_choice"] === undefined ? { tool_choice: "auto" } : {};
  return { ...rest, model, messages, ...options, ...choice };
}

function firstPrompt(prompt: unknown): string {
  if (typeof prompt === "string") return prompt;
  return Array.isArray(prompt) && typeof prompt[0] === "string" ? prompt[0] : "";
}
