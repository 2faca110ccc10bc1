import { lengthHeaders } from "../../../asgi/index.ts";
import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Route,
  type Routes,
  innerBody,
  ownAnswer,
  routedDialect,
  wholeResponse,
} from "../base/index.ts";
import {
  CHAT_PATH,
  EMBEDDINGS_PATH,
  RERANK_PATH,
  askSources,
  base64Vector,
  chatRequest,
  cutVector,
  vectorsRequest,
  servedModel,
  objects,
  respell,
  respellWhole,
  readVectors,
} from "../openai-api/index.ts";
import { fastApiBody, textRefusal } from "./checks.ts";
import { vllmError, vllmInvalid, vllmJson, vllmRouting } from "./refusal.ts";
import { vllmWire } from "./wire.ts";

const VERSION = "0.11.0";
/** Time (Unix seconds) of models that the world gives none; the synthesizer's. */
const CREATED = 1_760_000_000;

const get = (handle: Route["handle"]): Route => ({ methods: ["GET"], handle });
const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });
const nothing = (): Answer => ownAnswer("vllm", "health", wholeResponse(200, lengthHeaders(undefined), ""));
const rank = post(vllmRanking);

const ROUTES: Routes = {
  "/health": get(nothing),
  "/ping": { methods: ["GET", "POST"], handle: nothing },
  "/load": get(() => vllmJson(200, { server_load: 0 }, "load")),
  "/version": get(() => vllmJson(200, { version: VERSION }, "version")),
  "/v1/models": get(({ session }, { state }) => {
    const data = state.listed(session).map(({ model }) => vllmModel(model.id, model.created ?? CREATED));
    return vllmJson(200, { object: "list", data }, "models");
  }),
  "/v1/chat/completions": post((request, parts) => vllmText(request, parts, "chat")),
  "/v1/completions": post((request, parts) => vllmText(request, parts, "completion")),
  "/v1/embeddings": post(vllmEmbeddings),
  "/rerank": rank,
  "/v1/rerank": rank,
  "/v2/rerank": rank,
};

/** Routes of vLLM that the mock does not serve. */
const UNSERVED =
  /^\/(metrics|tokenize|detokenize|score|v1\/score|pooling|classify|invocations|v1\/(responses|messages|audio\/\w+))$/;

/** vLLM 0.11.0 as a dialect. */
export function vllm(parts: DialectParts): Dialect {
  return routedDialect(parts, {
    routes: ROUTES,
    wrongMethod: (_, methods) => vllmRouting(methods.join(", ")),
    notFound: ({ path }) =>
      UNSERVED.test(path)
        ? vllmError(501, `gatetape's vllm dialect does not serve ${path}: record it, and play the cassette`)
        : vllmRouting(undefined),
  });
}

function vllmModel(id: string, created: number): Json {
  return {
    id,
    object: "model",
    created,
    owned_by: "vllm",
    root: id,
    parent: null,
    max_model_len: 32768,
    permission: [
      {
        id: "modelperm-00000000000000000000000000000000",
        object: "model_permission",
        created,
        allow_create_engine: false,
        allow_sampling: true,
        allow_logprobs: true,
        allow_search_indices: false,
        allow_view: true,
        allow_fine_tuning: false,
        organization: "*",
        group: null,
        is_blocking: false,
      },
    ],
  };
}

/** A body, or its refusal: anything but JSON is refused by its type. */
function vllmBody(request: ExchangeRequest): ReturnType<typeof fastApiBody> {
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return (type.split(";")[0] ?? "").trim().toLowerCase() === "application/json"
    ? fastApiBody(request.body)
    : { refusal: vllmInvalid(`"Unsupported Media Type: Only 'application/json' is allowed"`) };
}

/** The model that a body names, or the first that fits: vLLM does not demand a name. */
function wantedModel(request: ExchangeRequest, parts: DialectParts, path: string, { model }: Json): string {
  return typeof model === "string" && model !== ""
    ? model
    : (servedModel(parts, request.session, path) ?? "");
}

function vllmText(request: ExchangeRequest, parts: DialectParts, kind: "chat" | "completion"): MadeAnswer {
  const given = vllmBody(request);
  if ("refusal" in given) return given.refusal;
  const { body } = given;
  const model = wantedModel(request, parts, CHAT_PATH, body);
  const options = body["stream_options"];
  const includeUsage = isObject(options) && options["include_usage"] === true;
  const api = kind === "chat" ? "Chat Completions" : "Completions";
  return (
    textRefusal(kind, body) ??
    askSources(request, parts, {
      path: CHAT_PATH,
      body: chatRequest(body, model),
      make: (answer) => respell(vllmWire, { kind, model, body, includeUsage }, answer),
      refused: vllmError,
      absent: () => vllmAbsent(model),
      unsupported: () => vllmError(400, `The model does not support ${api} API`),
    })
  );
}

function vllmAbsent(model: string): Answer {
  return vllmError(404, `The model \`${model}\` does not exist.`);
}

function vllmEmbeddings(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const given = vllmBody(request);
  if ("refusal" in given) return given.refusal;
  const { body } = given;
  const model = wantedModel(request, parts, EMBEDDINGS_PATH, body);
  const { input, dimensions, encoding_format: format = "float" } = body;
  if (input === undefined) {
    return vllmInvalid("{'type': 'missing', 'loc': ('body', 'input'), 'msg': 'Field required'}");
  }
  const cut = typeof dimensions === "number" ? dimensions : undefined;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: vectorsRequest(body, model),
    make: (answer) =>
      respellWhole(vllmWire, answer, () => vllmVectorList(model, answer, cut, format === "base64")),
    refused: vllmError,
    absent: () => vllmAbsent(model),
    unsupported: () => vllmError(400, "The model does not support Embeddings API"),
  });
}

function vllmVectorList(model: string, answer: Answer, cut: number | undefined, isBase64: boolean): Json {
  const { vectors, usage } = readVectors(answer);
  const { id, created } = innerBody(answer);
  const data = vectors.map((vector, index) => {
    const values = cutVector(vector, cut);
    return { index, object: "embedding", embedding: isBase64 ? base64Vector(values) : values };
  });
  const { prompt } = usage;
  const counts = { prompt_tokens: prompt, total_tokens: prompt, completion_tokens: 0 };
  return { id, object: "list", created, model, data, usage: { ...counts, prompt_tokens_details: null } };
}

function vllmRanking(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const given = vllmBody(request);
  if ("refusal" in given) return given.refusal;
  const { body } = given;
  const model = wantedModel(request, parts, RERANK_PATH, body);
  return askSources(request, parts, {
    path: RERANK_PATH,
    body: { ...body, model },
    make: (answer) => respellWhole(vllmWire, answer, () => ranking(model, body, answer)),
    refused: vllmError,
    absent: () => vllmAbsent(model),
    unsupported: () => vllmError(400, "The model does not support Rerank (Score) API"),
  });
}

function ranking(model: string, { documents }: Json, answer: Answer): Json {
  const { id, results, usage } = innerBody(answer);
  const texts: readonly unknown[] = Array.isArray(documents) ? documents : [];
  const total = isObject(usage) ? usage["total_tokens"] : 0;
  return {
    id: String(id).replace(/^request-/, "rerank-"),
    model,
    usage: { total_tokens: total },
    results: objects(results).map(({ index, relevance_score: score }) => ({
      index,
      document: { text: texts[Number(index)], multi_modal: null },
      relevance_score: score,
    })),
  };
}
