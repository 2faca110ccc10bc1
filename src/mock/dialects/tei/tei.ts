import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import type { Header } from "../../../http/index.ts";
import { isObject } from "../../../util/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Route,
  type Routes,
  innerBody,
  routedDialect,
} from "../base/index.ts";
import {
  EMBEDDINGS_PATH,
  RERANK_PATH,
  askSources,
  base64Vector,
  cutVector,
  servedModel,
  objects,
  respellWhole,
  readVectors,
} from "../openai-api/index.ts";
import { teiEmpty, teiError, teiJson, teiRefused, teiRejection } from "./refusal.ts";

const VERSION = "1.8.2";
/** Inputs that a request may have at most; TEI's default. */
const MAX_BATCH = 32;

const get = (handle: Route["handle"]): Route => ({ methods: ["GET", "HEAD"], handle });
const post = (handle: Route["handle"]): Route => ({ methods: ["POST"], handle });
const health = get(() => teiEmpty(200));
const openAi = post((request, parts) => teiVectors(request, parts, true));

const ROUTES: Routes = {
  "/": {
    methods: ["GET", "HEAD", "POST"],
    handle: (request, parts) =>
      request.method === "POST" ? teiVectors(request, parts, false) : teiEmpty(200),
  },
  "/health": health,
  "/ping": health,
  "/info": get((request, parts) => teiJson(200, teiInfo(request, parts), "info")),
  "/embed": post((request, parts) => teiVectors(request, parts, false)),
  "/embeddings": openAi,
  "/v1/embeddings": openAi,
  "/rerank": post(teiRanking),
};

/** Routes of TEI that the mock does not serve. */
const UNSERVED =
  /^\/(embed_all|embed_sparse|predict|similarity|tokenize|decode|vertex|invocations|metrics|docs)$/;

/** Text Embeddings Inference 1.8 as a dialect. */
export function tei(parts: DialectParts): Dialect {
  return routedDialect(parts, {
    routes: ROUTES,
    wrongMethod: (_, methods) => teiEmpty(405, [["allow", methods.join(",")]]),
    notFound: ({ path }) =>
      UNSERVED.test(path)
        ? teiRejection(501, `gatetape's tei dialect does not serve ${path}: record it, and play the cassette`)
        : teiEmpty(404),
  });
}

/** The model that the server was started with: whatever a request names, it answers. */
function teiModel(request: ExchangeRequest, parts: DialectParts, path: string): string {
  return servedModel(parts, request.session, path) ?? "model";
}

function teiInfo(request: ExchangeRequest, parts: DialectParts): Json {
  return {
    model_id: teiModel(request, parts, EMBEDDINGS_PATH),
    model_sha: null,
    model_dtype: "float16",
    model_type: { embedding: { pooling: "mean" } },
    max_concurrent_requests: 512,
    max_input_length: 512,
    max_batch_tokens: 16384,
    max_batch_requests: null,
    max_client_batch_size: MAX_BATCH,
    auto_truncate: false,
    tokenization_workers: 8,
    version: VERSION,
    sha: null,
    docker_label: null,
  };
}

/** A body as axum's reader gives it, or its rejection. */
function teiBody({ headers, body }: ExchangeRequest, member: string): { readonly body: Json } | Answer {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    return teiRejection(415, "Expected request with `Content-Type: application/json`");
  }
  const text = Buffer.from(body).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const where = `line 1 column ${text.length}`;
    const what = text.trim() === "" ? "EOF while parsing a value" : "EOF while parsing an object";
    return teiRejection(400, `Failed to parse the request body as JSON: ${what} at ${where}`);
  }
  if (isObject(value) && value[member] !== undefined) return { body: value };
  const problem = `missing field \`${member}\` at line 1 column ${text.length}`;
  return teiRejection(422, `Failed to deserialize the JSON body into the target type: ${problem}`);
}

/** The sizes and times that TEI tells in headers; the times are the same for every answer. */
function metadata(characters: number, tokens: number): Header[] {
  return [
    ["x-compute-type", "gpu+optimized"],
    ["x-compute-time", "2"],
    ["x-compute-characters", String(characters)],
    ["x-compute-tokens", String(tokens)],
    ["x-total-time", "2"],
    ["x-tokenization-time", "0"],
    ["x-queue-time", "0"],
    ["x-inference-time", "1"],
  ];
}

function charactersIn(texts: readonly unknown[]): number {
  return texts.reduce<number>((sum, text) => sum + (typeof text === "string" ? [...text].length : 0), 0);
}

function batchProblem(texts: readonly unknown[], member: string, isOpenAi: boolean): Answer | undefined {
  if (texts.length === 0) return teiError("Empty", `\`${member}\` cannot be empty`, isOpenAi);
  if (texts.some((text) => text === "")) {
    return teiError("Validation", "`inputs` cannot be empty", isOpenAi);
  }
  return texts.length > MAX_BATCH
    ? teiError("Validation", `batch size ${texts.length} > maximum allowed batch size ${MAX_BATCH}`, isOpenAi)
    : undefined;
}

function teiVectors(request: ExchangeRequest, parts: DialectParts, isOpenAi: boolean): MadeAnswer {
  const member = isOpenAi ? "input" : "inputs";
  const given = teiBody(request, member);
  if (!("body" in given)) return given;
  const { body } = given;
  const input = body[member];
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const problem = batchProblem(texts, "inputs", isOpenAi);
  if (problem !== undefined) return problem;
  const model = teiModel(request, parts, EMBEDDINGS_PATH);
  const cut = typeof body["dimensions"] === "number" ? body["dimensions"] : undefined;
  const isBase64 = body["encoding_format"] === "base64";
  const wrongModel = (): Answer => teiError("Backend", "Model is not an embedding model", isOpenAi);
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: { model: typeof body["model"] === "string" ? body["model"] : model, input },
    fallback: model,
    make: (answer) => {
      const { vectors, usage } = readVectors(answer);
      const values = vectors.map((vector) => cutVector(vector, cut));
      const spelled = isOpenAi ? teiVectorList(model, values, usage.prompt, isBase64) : values;
      return respellTei(answer, spelled, isOpenAi, metadata(charactersIn(texts), usage.prompt));
    },
    refused: (status, message) => teiRefused(status, message, isOpenAi),
    absent: wrongModel,
    unsupported: wrongModel,
  });
}

function respellTei(answer: Answer, body: unknown, isOpenAi: boolean, headers: readonly Header[]): Answer {
  const wire = {
    json: (whole: unknown) => teiJson(200, whole, "json", headers).script,
    refused: (status: number, message: string) => teiRefused(status, message, isOpenAi),
  };
  return respellWhole(wire, answer, () => body);
}

function teiVectorList(
  model: string,
  vectors: readonly (readonly number[])[],
  tokens: number,
  isBase64: boolean,
): Json {
  const data = vectors.map((vector, index) => ({
    object: "embedding",
    embedding: isBase64 ? base64Vector(vector) : vector,
    index,
  }));
  return { object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function teiRanking(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const given = teiBody(request, "query");
  if (!("body" in given)) return given;
  const { query, texts: listed, return_text: returns } = given.body;
  const texts: readonly unknown[] = Array.isArray(listed) ? listed : [];
  const problem = batchProblem(texts, "texts", false);
  if (problem !== undefined) return problem;
  const model = teiModel(request, parts, RERANK_PATH);
  const wrongModel = (): Answer => teiError("Backend", "model is not a re-ranker model", false);
  return askSources(request, parts, {
    path: RERANK_PATH,
    body: { model, query, documents: texts },
    make: (answer) => {
      const { results, usage } = innerBody(answer);
      const ranks = objects(results).map(({ index, relevance_score: score }) => ({
        index,
        ...(returns === true ? { text: texts[Number(index)] } : {}),
        score,
      }));
      const tokens = isObject(usage) ? Number(usage["prompt_tokens"] ?? 0) : 0;
      return respellTei(answer, ranks, false, metadata(charactersIn([query, ...texts]), tokens));
    },
    refused: (status, message) => teiRefused(status, message, false),
    absent: wrongModel,
    unsupported: wrongModel,
  });
}
