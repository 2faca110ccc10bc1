import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Route,
  type Routes,
  ownAnswer,
  routedDialect,
} from "../base/index.ts";
import {
  CHAT_PATH,
  EMBEDDINGS_PATH,
  askSources,
  base64Vector,
  chatRequest,
  vectorsRequest,
  servedModel,
  respell,
  respellWhole,
  readVectors,
} from "../openai-api/index.ts";
import { type Refusal, llamacppBody, chatRefusal, sampling } from "./checks.ts";
import { okScript, originOf, llamacppError, llamacppPreflight, llamacppNotFound } from "./heads.ts";
import { modelList, props } from "./models.ts";
import { FINGERPRINT, llamacppWire } from "./wire.ts";

const NAME = "llamacpp";

const get = (handle: Route["handle"]): Route => ({ methods: ["GET", "HEAD"], handle });
const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });

const health = get((request) => okJson(request, { status: "ok" }, "health"));
const models = get((request, parts) => okJson(request, modelList(parts, request.session), "models"));
const chat = post((request, parts) => llamacppText(request, parts, "chat"));
const completion = post((request, parts) => llamacppText(request, parts, "completion"));
const embeddings = post(llamacppVectors);

const ROUTES: Routes = {
  "/health": health,
  "/v1/health": health,
  "/models": models,
  "/v1/models": models,
  "/props": get((request, parts) => okJson(request, props(parts, request.session, FINGERPRINT), "props")),
  "/slots": get((request) => okJson(request, DECODERS, "slots")),
  "/chat/completions": chat,
  "/v1/chat/completions": chat,
  "/v1/completions": completion,
  "/embeddings": embeddings,
  "/v1/embeddings": embeddings,
  "/v1/rerank": post((request) =>
    llamacppError(
      originOf(request.headers),
      501,
      "This server does not support reranking. Start it with `--reranking`",
    ),
  ),
  "/tools": get((request) => {
    const error = { message: "this feature is disabled", type: "feature_disabled" };
    const script = llamacppError(originOf(request.headers), 403, "").script;
    const body = Buffer.from(JSON.stringify({ error }));
    return ownAnswer(NAME, "403", { ...script, ops: [{ op: "write", bytes: body }, { op: "complete" }] });
  }),
};

const DECODERS = [0, 1].map((id) => ({ id, n_ctx: 256, speculative: false, is_processing: false }));

/** Routes of the server that the mock does not serve. */
const UNSERVED =
  /^\/(completions?|embedding|infill|tokenize|detokenize|apply-template|metrics|rerank|v1\/(responses|messages|messages\/count_tokens|audio\/transcriptions))$/;

/** llama.cpp's server as a dialect. */
export function llamacpp(parts: DialectParts): Dialect {
  return routedDialect(parts, {
    routes: ROUTES,
    before: ({ method, headers }) =>
      method === "OPTIONS" ? llamacppPreflight(originOf(headers)) : undefined,
    // A wrong method is a route that does not exist (observed: llamacpp-server-wrong-method).
    wrongMethod: noRoute,
    notFound: (request) => {
      const origin = originOf(request.headers);
      if (request.method === "OPTIONS") return llamacppPreflight(origin);
      if (!UNSERVED.test(request.path)) return noRoute(request);
      const text = `gatetape's llamacpp dialect does not serve ${request.path}: record it, and play the cassette`;
      return llamacppError(origin, 501, text);
    },
  });
}

function noRoute({ method, headers }: ExchangeRequest): Answer {
  return llamacppNotFound(originOf(headers), method !== "GET" && method !== "HEAD");
}

function okJson({ method, headers }: ExchangeRequest, body: unknown, how: string): Answer {
  const more = method === "HEAD" ? ([["Accept-Ranges", "bytes"]] as const) : [];
  return ownAnswer(NAME, how, okScript(originOf(headers), JSON.stringify(body), undefined, more));
}

function llamacppText(
  request: ExchangeRequest,
  parts: DialectParts,
  kind: "chat" | "completion",
): MadeAnswer {
  const origin = originOf(request.headers);
  const read = llamacppBody(request.body);
  if (!("body" in read)) return refusedBody(origin, read);
  const { body } = read;
  const wrong = kind === "chat" ? chatRefusal(body) : completionRefusal(body);
  if (wrong !== undefined) return refusedBody(origin, wrong);
  const fallback = servedModel(parts, request.session, CHAT_PATH) ?? "default";
  const named = typeof body["model"] === "string" ? body["model"] : fallback;
  const options = body["stream_options"];
  const includeUsage = isObject(options) && options["include_usage"] === true;
  // Zero gives one token all the same (observed: llamacpp-server-max_tokens-0).
  const limits = body["max_tokens"] === 0 ? { max_tokens: 1 } : {};
  return askSources(request, parts, {
    path: CHAT_PATH,
    body: chatRequest({ ...body, ...limits }, named),
    fallback,
    make: (answer, model) => respell(llamacppWire(origin), { kind, model, body, includeUsage }, answer),
    refused: (status, message) => llamacppError(origin, status, message),
    absent: () => llamacppError(origin, 404, "the mock has no model that writes text"),
    unsupported: () => llamacppError(origin, 404, "the mock's model does not write text"),
  });
}

function completionRefusal(body: Json): Refusal | undefined {
  return body["prompt"] === undefined
    ? { status: 400, message: "[json.exception.out_of_range.403] key 'prompt' not found" }
    : sampling(body);
}

function refusedBody(origin: string | undefined, { status, message }: Refusal): Answer {
  return llamacppError(origin, status, message);
}

function llamacppVectors(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const origin = originOf(request.headers);
  const read = llamacppBody(request.body);
  if (!("body" in read)) return refusedBody(origin, read);
  const { body } = read;
  const { input, encoding_format: format = "float" } = body;
  if (input === undefined) return llamacppError(origin, 400, '"input" or "content" must be provided');
  if (typeof input !== "string" && !Array.isArray(input)) return llamacppError(origin, 500, BAD_INPUT);
  if (format !== "float" && format !== "base64") {
    return llamacppError(
      origin,
      400,
      "The format to return the embeddings in. Can be either float or base64",
    );
  }
  const fallback = servedModel(parts, request.session, EMBEDDINGS_PATH) ?? "default";
  const named = typeof body["model"] === "string" ? body["model"] : fallback;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: vectorsRequest(body, named),
    fallback,
    make: (answer, model) =>
      respellWhole(llamacppWire(origin), answer, () => vectorMembers(model, format === "base64", answer)),
    refused: (status, message) => llamacppError(origin, status, message),
    absent: () => llamacppError(origin, 501, NO_EMBEDDINGS),
    unsupported: () => llamacppError(origin, 501, NO_EMBEDDINGS),
  });
}

function vectorMembers(model: string, isBase64: boolean, answer: Answer): Json {
  const { vectors, usage } = readVectors(answer);
  const data = vectors.map((vector, index) => ({
    embedding: isBase64 ? base64Vector(vector) : vector,
    index,
    object: "embedding",
    ...(isBase64 ? { encoding_format: "base64" } : {}),
  }));
  const tokens = { prompt_tokens: usage.prompt, total_tokens: usage.prompt };
  return { model, object: "list", usage: tokens, data };
}

const BAD_INPUT =
  '"prompt" elements must be a string, a list of tokens, a JSON object containing a prompt string, or a list of mixed strings & tokens.';
const NO_EMBEDDINGS = "This server does not support embeddings. Start it with `--embeddings`";
