import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { headerValue } from "../../../http/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Route,
  type Routes,
  routedDialect,
} from "../base/index.ts";
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
import { bodyOrProblem, missingMember, modelProblem, textProblem } from "./checks.ts";
import { openaiError, openaiJson, openaiRefused } from "./refusal.ts";
import { openaiWire } from "./wire.ts";

/** Time (Unix seconds) of models that the world gives none; the synthesizer's. */
const CREATED = 1_760_000_000;

const get = (handle: Route["handle"]): Route => ({ methods: ["GET"], handle });
const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });

const ROUTES: Routes = {
  "/v1/models": get(({ session }, { state }) => {
    const data = state.listed(session).map(({ model }) => openaiModel(model.id, model.created));
    return openaiJson(200, { object: "list", data }, "models");
  }),
  "/v1/models/{model}": get(({ path, session }, { state }) => {
    const name = path.slice("/v1/models/".length);
    const model = state.routerOf(name, session)?.model;
    return model === undefined
      ? openaiAbsent(name)
      : openaiJson(200, openaiModel(name, model.created), "model");
  }),
  "/v1/chat/completions": post((request, parts) => openaiText(request, parts, "chat")),
  "/v1/completions": post((request, parts) => openaiText(request, parts, "completion")),
  "/v1/embeddings": post(openaiEmbeddings),
};

/** OpenAI's API as a dialect. */
export function openai(parts: DialectParts): Dialect {
  return routedDialect(parts, {
    routes: ROUTES,
    before: (request) => openaiKeyProblem(request),
    wrongMethod: (request) => wrongMethod(request),
    notFound: ({ method, path }) => openaiError({ status: 404, message: `Invalid URL (${method} ${path})` }),
  });
}

function openaiModel(id: string, created: number | undefined): Json {
  return { id, object: "model", created: created ?? CREATED, owned_by: "system" };
}

function wrongMethod({ method, path }: ExchangeRequest): Answer {
  const hint = "(HINT: Perhaps you meant to use a different HTTP method?)";
  const message = `Not allowed to ${method} on ${path}. ${hint}`;
  return openaiError({ status: 405, message, code: "method_not_supported" });
}

/** Refuses a request without a key; any key will do. */
function openaiKeyProblem({ headers }: ExchangeRequest): Answer | undefined {
  const given = headerValue(headers, "authorization") ?? "";
  if (/^Bearer \S/.test(given)) return undefined;
  const header = "in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)";
  const browser =
    "or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password";
  const page = "You can obtain an API key from https://platform.openai.com/account/api-keys.";
  const message = `You didn't provide an API key. You need to provide your API key ${header}, ${browser}. ${page}`;
  return openaiError({ status: 401, message });
}

function openaiAbsent(model: string): Answer {
  const message = `The model \`${model}\` does not exist or you do not have access to it.`;
  return openaiError({ status: 404, message, code: "model_not_found" });
}

function openaiText(request: ExchangeRequest, parts: DialectParts, kind: "chat" | "completion"): MadeAnswer {
  const read = bodyOrProblem(request.body);
  if (!("body" in read)) return openaiError(read);
  const { body } = read;
  const problem = textProblem(kind, body);
  if (problem !== undefined) return openaiError(problem);
  const model = String(body["model"]);
  const options = body["stream_options"];
  const includeUsage = isObject(options) && options["include_usage"] === true;
  const path = kind === "chat" ? "v1/chat/completions" : "v1/completions";
  return askSources(request, parts, {
    path: CHAT_PATH,
    body: chatRequest(body, model),
    make: (answer) => respell(openaiWire, { kind, model, body, includeUsage }, answer),
    refused: openaiRefused,
    absent: () => openaiAbsent(model),
    unsupported: () =>
      openaiError({
        status: 404,
        message: `This is not a chat model and thus not supported in the ${path} endpoint.`,
        param: "model",
      }),
  });
}

function openaiEmbeddings(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const read = bodyOrProblem(request.body);
  if (!("body" in read)) return openaiError(read);
  const { body } = read;
  const { input, dimensions, encoding_format: format = "float" } = body;
  const problem = modelProblem(body) ?? (input === undefined ? missingMember("input") : undefined);
  if (problem !== undefined) return openaiError(problem);
  const model = String(body["model"]);
  const cut = typeof dimensions === "number" ? dimensions : undefined;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: vectorsRequest(body, model),
    make: (answer) =>
      respellWhole(openaiWire, answer, () => openaiVectorList(model, answer, cut, format === "base64")),
    refused: openaiRefused,
    absent: () => openaiAbsent(model),
    unsupported: () =>
      openaiError({ status: 403, message: "You are not allowed to generate embeddings from this model" }),
  });
}

function openaiVectorList(model: string, answer: Answer, cut: number | undefined, isBase64: boolean): Json {
  const { vectors, usage } = readVectors(answer);
  const data = vectors.map((vector, index) => {
    const values = cutVector(vector, cut);
    return { object: "embedding", index, embedding: isBase64 ? base64Vector(values) : values };
  });
  const tokens = { prompt_tokens: usage.prompt, total_tokens: usage.prompt };
  return { object: "list", data, model, usage: tokens };
}
