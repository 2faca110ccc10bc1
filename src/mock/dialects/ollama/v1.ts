import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import type { DialectParts, Json, MadeAnswer, Route, Routes } from "../base/index.ts";
import {
  CHAT_PATH,
  EMBEDDINGS_PATH,
  askSources,
  base64Vector,
  chatRequest,
  cutVector,
  vectorsRequest,
  respell,
  respellWhole,
  readVectors,
} from "../openai-api/index.ts";
import { goSyntaxError } from "./body.ts";
import { RUNNER_DIED } from "./lines.ts";
import { latestName, worldName } from "./models.ts";
import { ollamaWire, v1Error, v1Json, v1Refusal } from "./v1-wire.ts";

const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });
const get = (handle: Route["handle"]): Route => ({ methods: ["GET"], handle });

/** Routes of Ollama's OpenAI layer. */
export const V1_ROUTES: Routes = {
  "/v1/chat/completions": post((request, parts) => v1Text(request, parts, "chat")),
  "/v1/completions": post((request, parts) => v1Text(request, parts, "completion")),
  "/v1/embeddings": post(v1Vectors),
  "/v1/models": get(({ session }, { state }) => {
    const data = state.listed(session).map(({ model }) => v1Model(latestName(model.id), model.created));
    return v1Json(200, { object: "list", data }, "models");
  }),
  "/v1/models/{model}": get(({ path, session }, { state }) => {
    const named = path.slice("/v1/models/".length);
    const model = state.routerOf(worldName(state, named, session), session)?.model;
    if (model === undefined) return v1Error(404, `model '${named}' not found`);
    return v1Json(200, v1Model(named, model.created), "model");
  }),
};

/** Time (Unix seconds) of models that the world gives none; the synthesizer's. */
const CREATED = 1_760_000_000;

function v1Model(id: string, created: number | undefined): Json {
  return { id, object: "model", created: created ?? CREATED, owned_by: "library" };
}

/** A body as the OpenAI layer reads it, or its refusal. */
function v1Body(bytes: Uint8Array): { readonly body: Json } | { readonly refusal: Answer } {
  if (bytes.length === 0) return { refusal: v1Refusal("EOF") };
  const spelled = Buffer.from(bytes).toString("utf8");
  try {
    const value: unknown = JSON.parse(spelled);
    return { body: isObject(value) ? value : {} };
  } catch {
    return { refusal: v1Refusal(goSyntaxError(spelled)) };
  }
}

function v1Text(request: ExchangeRequest, parts: DialectParts, kind: "chat" | "completion"): MadeAnswer {
  const read = v1Body(request.body);
  if ("refusal" in read) return read.refusal;
  const { body } = read;
  const wrong = kind === "chat" ? chatProblem(body) : completionProblem(body);
  if (wrong !== undefined) return v1Refusal(wrong);
  const named = typeof body["model"] === "string" ? body["model"] : "";
  if (named === "" && kind === "chat") return v1Error(400, "model is required");
  const model = worldName(parts.state, named, request.session);
  const exists = parts.state.routerOf(model, request.session) !== undefined;
  const options = body["stream_options"];
  const wanted = {
    kind,
    model: named,
    body,
    includeUsage: isObject(options) && options["include_usage"] === true,
  };
  if (kind === "completion" && exists) {
    if ((body["suffix"] ?? "") !== "") {
      return v1Error(400, `registry.ollama.ai/library/${latestName(named)} does not support insert`);
    }
    if ((body["prompt"] ?? "") === "") return loaded(named);
  }
  return askSources(request, parts, {
    path: CHAT_PATH,
    body: chatRequest(limited(body), model),
    make: (answer) => respell(ollamaWire, wanted, answer),
    refused: v1Error,
    died: () => v1Error(500, RUNNER_DIED),
    absent: () => v1Error(404, `model '${named}' not found`),
    unsupported: () => v1Error(400, `"${named}" does not support ${kind === "chat" ? "chat" : "generate"}`),
  });
}

/** A body without the members that Ollama ignores (observed: ollama-v1-max_tokens-0, ollama-v1-n, ollama-v1-tool_choice-none). */
function limited(body: Json): Json {
  const { n: _, max_completion_tokens: __, tool_choice: ___, max_tokens: limit, ...rest } = body;
  return typeof limit === "number" && limit > 0 ? { ...rest, max_tokens: limit } : rest;
}

/** A prompt that is empty only loads the model (observed: ollama-v1-completion-empty). */
function loaded(model: string): Answer {
  const completion = {
    id: "cmpl-0",
    object: "text_completion",
    created: CREATED,
    model,
    system_fingerprint: "fp_ollama",
    choices: [{ text: "", index: 0, finish_reason: "load" }],
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  };
  return v1Json(200, completion, "load");
}

/** Text of the refusal of a chat; `undefined` for one that the layer takes. */
function chatProblem(body: Json): string | undefined {
  const { messages } = body;
  if (messages !== undefined && messages !== null && !Array.isArray(messages)) {
    return wrongType(messages, "ChatCompletionRequest.messages", "[]openai.Message");
  }
  const limit = body["max_tokens"];
  if (limit !== undefined && limit !== null && typeof limit !== "number") {
    return wrongType(limit, "ChatCompletionRequest.max_tokens", "int");
  }
  if (!Array.isArray(messages) || messages.length === 0) return "[] is too short - 'messages'";
  const effort = body["reasoning_effort"];
  if (typeof effort === "string" && !["high", "medium", "low", "none"].includes(effort)) {
    return `invalid reasoning value: '${effort}' (must be "high", "medium", "low", or "none")`;
  }
  return messages.map(v1MessageProblem).find((problem) => problem !== undefined);
}

function v1MessageProblem(message: unknown): string | undefined {
  if (!isObject(message)) return undefined;
  const { content, tool_calls: calls } = message;
  if (Array.isArray(content)) return content.map(partProblem).find((problem) => problem !== undefined);
  const isText = typeof content === "string";
  if (!isText && !Array.isArray(calls)) {
    return `invalid message content type: ${content === null || content === undefined ? "<nil>" : goKind(content)}`;
  }
  return Array.isArray(calls) && !calls.every(hasArguments) ? "invalid tool call arguments" : undefined;
}

function partProblem(part: unknown): string | undefined {
  const image = isObject(part) ? part["image_url"] : undefined;
  const url = isObject(image) ? image["url"] : image;
  return typeof url === "string" && /^https?:/.test(url)
    ? "image URLs are not currently supported, please use base64 encoded data instead"
    : undefined;
}

function hasArguments(call: unknown): boolean {
  const called = isObject(call) && isObject(call["function"]) ? call["function"] : {};
  try {
    return isObject(JSON.parse(String(called["arguments"] ?? "{}")));
  } catch {
    return false;
  }
}

function completionProblem({ prompt }: Json): string | undefined {
  return prompt === undefined || prompt === null || typeof prompt === "string"
    ? undefined
    : wrongType(prompt, "CompletionRequest.prompt", "string");
}

/** Text of Go's decoder for a member of the wrong type. */
function wrongType(value: unknown, field: string, type: string): string {
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return `json: cannot unmarshal ${kind} into Go struct field ${field} of type ${type}`;
}

function goKind(value: unknown): string {
  if (typeof value === "number") return "float64";
  return typeof value === "boolean" ? "bool" : "map[string]interface {}";
}

function v1Vectors(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const read = v1Body(request.body);
  if ("refusal" in read) return read.refusal;
  const { body } = read;
  const { input, dimensions, encoding_format: format = "float" } = body;
  if (format !== "float" && format !== "base64") {
    const supported = "Supported values: ['float', 'base64'].";
    return v1Refusal(`Invalid value for 'encoding_format' = ${String(format)}. ${supported}`);
  }
  if (input === undefined || input === null || (Array.isArray(input) && input.length === 0)) {
    return v1Refusal("invalid input");
  }
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (!texts.every((item) => typeof item === "string")) return v1Error(400, "invalid input type");
  const named = typeof body["model"] === "string" ? body["model"] : "";
  const model = worldName(parts.state, named, request.session);
  const cut = typeof dimensions === "number" && dimensions > 0 ? dimensions : undefined;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: vectorsRequest(body, model),
    make: (answer) =>
      respellWhole(ollamaWire, answer, () => v1VectorList(named, answer, cut, format === "base64")),
    refused: v1Error,
    died: () => v1Error(500, RUNNER_DIED),
    absent: () => v1Error(404, `model "${named}" not found, try pulling it first`),
    unsupported: () => v1Error(400, `"${named}" does not support embed`),
  });
}

function v1VectorList(model: string, answer: Answer, cut: number | undefined, isBase64: boolean): Json {
  const { vectors, usage } = readVectors(answer);
  const data = vectors.map((vector, index) => {
    const values = cutVector(vector, cut);
    return { object: "embedding", embedding: isBase64 ? base64Vector(values) : values, index };
  });
  const tokens = { prompt_tokens: usage.prompt, total_tokens: usage.prompt };
  return { object: "list", data, model, usage: tokens };
}
