import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Route,
  type Routes,
  made,
  routeOf,
} from "../base/index.ts";
import {
  CHAT_PATH,
  EMBEDDINGS_PATH,
  askSources,
  base64Vector,
  chatBody,
  embeddingsBody,
  firstModel,
  respell,
  respellWhole,
  vectorsOf,
} from "../openai-api/index.ts";
import { type Refusal, bodyOrRefusal, chatRefusal, sampling } from "./checks.ts";
import { okScript, originOf, preflight, refuse, refuseRoute } from "./heads.ts";
import { modelList, props } from "./models.ts";
import { FINGERPRINT, llamacppWire } from "./wire.ts";

const NAME = "llamacpp";

const get = (handle: Route["handle"]): Route => ({ methods: ["GET", "HEAD"], handle });
const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });

const health = get((request) => json(request, { status: "ok" }, "health"));
const models = get((request, parts) => json(request, modelList(parts, request.session), "models"));
const chat = post((request, parts) => write(request, parts, "chat"));
const completion = post((request, parts) => write(request, parts, "completion"));
const embeddings = post(embed);

const ROUTES: Routes = {
  "/health": health,
  "/v1/health": health,
  "/models": models,
  "/v1/models": models,
  "/props": get((request, parts) => json(request, props(parts, request.session, FINGERPRINT), "props")),
  "/slots": get((request) => json(request, SLOTS, "slots")),
  "/chat/completions": chat,
  "/v1/chat/completions": chat,
  "/v1/completions": completion,
  "/embeddings": embeddings,
  "/v1/embeddings": embeddings,
  "/v1/rerank": post((request) =>
    refuse(
      originOf(request.headers),
      501,
      "This server does not support reranking. Start it with `--reranking`",
    ),
  ),
  "/tools": get((request) => {
    const error = { message: "this feature is disabled", type: "feature_disabled" };
    const script = refuse(originOf(request.headers), 403, "").script;
    const body = Buffer.from(JSON.stringify({ error }));
    return made(NAME, "403", { ...script, ops: [{ op: "write", bytes: body }, { op: "complete" }] });
  }),
};

const SLOTS = [0, 1].map((id) => ({ id, n_ctx: 256, speculative: false, is_processing: false }));

/** Routes of the server that the mock does not serve. */
const UNSERVED =
  /^\/(completions?|embedding|infill|tokenize|detokenize|apply-template|metrics|rerank|v1\/(responses|messages|messages\/count_tokens|audio\/transcriptions))$/;

/** llama.cpp's server as a dialect. */
export function llamacpp(parts: DialectParts): Dialect {
  return {
    serves: (path) => routeOf(ROUTES, path) !== undefined,
    answer: (request) => {
      const route = routeOf(ROUTES, request.path);
      if (route === undefined) return undefined;
      if (request.method === "OPTIONS") return preflight(originOf(request.headers));
      // A wrong method is a route that does not exist (observed: llamacpp-server-wrong-method).
      return route.methods.includes(request.method) ? route.handle(request, parts) : missing(request);
    },
    notFound: (request) => {
      const origin = originOf(request.headers);
      if (request.method === "OPTIONS") return preflight(origin);
      if (!UNSERVED.test(request.path)) return missing(request);
      const text = `gatetape's llamacpp dialect does not serve ${request.path}: record it, and play the cassette`;
      return refuse(origin, 501, text);
    },
  };
}

function missing({ method, headers }: ExchangeRequest): Answer {
  return refuseRoute(originOf(headers), method !== "GET" && method !== "HEAD");
}

function json({ method, headers }: ExchangeRequest, body: unknown, how: string): Answer {
  const more = method === "HEAD" ? ([["Accept-Ranges", "bytes"]] as const) : [];
  return made(NAME, how, okScript(originOf(headers), JSON.stringify(body), undefined, more));
}

function write(request: ExchangeRequest, parts: DialectParts, kind: "chat" | "completion"): MadeAnswer {
  const origin = originOf(request.headers);
  const read = bodyOrRefusal(request.body);
  if (!("body" in read)) return refusal(origin, read);
  const { body } = read;
  const wrong = kind === "chat" ? chatRefusal(body) : completionRefusal(body);
  if (wrong !== undefined) return refusal(origin, wrong);
  const fallback = firstModel(parts, request.session, CHAT_PATH) ?? "default";
  const named = typeof body["model"] === "string" ? body["model"] : fallback;
  const options = body["stream_options"];
  const includeUsage = isObject(options) && options["include_usage"] === true;
  // Zero gives one token all the same (observed: llamacpp-server-max_tokens-0).
  const limits = body["max_tokens"] === 0 ? { max_tokens: 1 } : {};
  return askSources(request, parts, {
    path: CHAT_PATH,
    body: chatBody({ ...body, ...limits }, named),
    fallback,
    make: (answer, model) => respell(llamacppWire(origin), { kind, model, body, includeUsage }, answer),
    refused: (status, message) => refuse(origin, status, message),
    absent: () => refuse(origin, 404, "the mock has no model that writes text"),
    unsupported: () => refuse(origin, 404, "the mock's model does not write text"),
  });
}

function completionRefusal(body: Json): Refusal | undefined {
  return body["prompt"] === undefined
    ? { status: 400, message: "[json.exception.out_of_range.403] key 'prompt' not found" }
    : sampling(body);
}

function refusal(origin: string | undefined, { status, message }: Refusal): Answer {
  return refuse(origin, status, message);
}

function embed(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const origin = originOf(request.headers);
  const read = bodyOrRefusal(request.body);
  if (!("body" in read)) return refusal(origin, read);
  const { body } = read;
  const { input, encoding_format: format = "float" } = body;
  if (input === undefined) return refuse(origin, 400, '"input" or "content" must be provided');
  if (typeof input !== "string" && !Array.isArray(input)) return refuse(origin, 500, BAD_INPUT);
  if (format !== "float" && format !== "base64") {
    return refuse(origin, 400, "The format to return the embeddings in. Can be either float or base64");
  }
  const fallback = firstModel(parts, request.session, EMBEDDINGS_PATH) ?? "default";
  const named = typeof body["model"] === "string" ? body["model"] : fallback;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: embeddingsBody(body, named),
    fallback,
    make: (answer, model) =>
      respellWhole(llamacppWire(origin), answer, () => vectorList(model, format === "base64", answer)),
    refused: (status, message) => refuse(origin, status, message),
    absent: () => refuse(origin, 501, NO_EMBEDDINGS),
    unsupported: () => refuse(origin, 501, NO_EMBEDDINGS),
  });
}

function vectorList(model: string, isBase64: boolean, answer: Answer): Json {
  const { vectors, usage } = vectorsOf(answer);
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
