import type { Answer, ExchangeRequest } from "../../../exchange/index.ts";
import {
  type Dialect,
  type DialectParts,
  type Json,
  type MadeAnswer,
  type Routes,
  goResponse,
  dialectRoute,
  routedDialect,
} from "../base/index.ts";
import {
  CHAT_PATH,
  EMBEDDINGS_PATH,
  type TextRequest,
  askSources,
  cutVector,
  respell,
  respellWhole,
  readVectors,
} from "../openai-api/index.ts";
import { ollamaBody } from "./body.ts";
import { RUNNER_DIED, type TextKind, startOf } from "./lines.ts";
import { tagsOf, worldName } from "./models.ts";
import { ginJson, ollamaError, routing } from "./refusal.ts";
import { openAiChat } from "./request.ts";
import { nativeWire } from "./text.ts";
import { V1_ROUTES } from "./v1.ts";

/** Version that the mock speaks, as `/api/version` names it. */
const VERSION = "0.17.4";

const GET_ONLY = ["HEAD", "GET"];
const POST_ONLY = ["POST"];

const ROUTES: Routes = {
  "/": { methods: GET_ONLY, handle: root },
  "/api/version": { methods: GET_ONLY, handle: () => ginJson(200, { version: VERSION }, "version") },
  "/api/tags": { methods: GET_ONLY, handle: tags },
  "/api/chat": { methods: POST_ONLY, handle: chatRoute },
  "/api/generate": { methods: POST_ONLY, handle: generateRoute },
  "/api/embed": { methods: POST_ONLY, handle: embedRoute },
  ...V1_ROUTES,
};

/** Ollama's other routes, which the mock does not serve yet. */
const UNSERVED =
  /^\/(api\/(ps|show|create|pull|push|copy|delete|embeddings|me|signout|blobs\/.*)|v1\/(responses|messages|images\/generations))$/;

/** Ollama 0.17.4 as a dialect. */
export function ollama(parts: DialectParts): Dialect {
  return routedDialect(parts, {
    routes: ROUTES,
    wrongMethod: (_, methods) => routing(405, [["Allow", methods.join(", ")]]),
    notFound: ({ method, path }) => {
      if (path.length > 1 && path.endsWith("/") && dialectRoute(ROUTES, path.slice(0, -1)) !== undefined) {
        return slashRedirect(method, path.slice(0, -1));
      }
      return UNSERVED.test(path)
        ? ollamaError(
            501,
            `gatetape's ollama dialect does not serve ${path} yet: record it, and play the cassette`,
          )
        : routing(404);
    },
  });
}

function root(): Answer {
  const script = goResponse(200, "text/plain; charset=utf-8", "Ollama is running");
  return { script, by: { kind: "synthesizer", how: "ollama: root" } };
}

function slashRedirect(method: string, path: string): Answer {
  const to = [["Location", path]] as const;
  const script =
    method === "GET"
      ? goResponse(301, "text/html; charset=utf-8", `<a href="${path}">Moved Permanently</a>.\n\n`, to)
      : goResponse(307, undefined, "", to);
  return { script, by: { kind: "synthesizer", how: "ollama: redirect" } };
}

function tags({ session }: ExchangeRequest, { state }: DialectParts): Answer {
  return ginJson(200, tagsOf(state, session), "tags");
}

function chatRoute(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const read = ollamaBody(request.body, "ChatRequest");
  if ("refusal" in read) return read.refusal;
  if (!isName(read.body["model"])) return ollamaError(400, "model is required");
  const messages = read.body["messages"];
  return writtenText("chat", request, parts, read.body, !Array.isArray(messages) || messages.length === 0);
}

function generateRoute(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const read = ollamaBody(request.body, "GenerateRequest");
  if ("refusal" in read) return read.refusal;
  return writtenText("generate", request, parts, read.body, (read.body["prompt"] ?? "") === "");
}

/** @param loads whether the request only loads or unloads the model */
function writtenText(
  kind: TextKind,
  request: ExchangeRequest,
  parts: DialectParts,
  body: Json,
  loads: boolean,
): MadeAnswer {
  const named = typeof body["model"] === "string" ? body["model"] : "";
  const model = worldName(parts.state, named, request.session);
  const absent = `model '${named}' not found`;
  if (loads) {
    if (parts.state.routerOf(model, request.session) === undefined) return ollamaError(404, absent);
    const reason = body["keep_alive"] === 0 ? "unload" : "load";
    const start = startOf(kind, named, CREATED, { content: "" });
    return ginJson(200, { ...start, done: true, done_reason: reason }, reason);
  }
  // A stream is the default (observed: chat-stream).
  return askSources(request, parts, {
    path: CHAT_PATH,
    body: openAiChat(body, model, body["stream"] !== false),
    refused: ollamaError,
    died: () => ollamaError(500, RUNNER_DIED),
    make: (answer) => respell(nativeWire(kind, named), NATIVE, answer),
    absent: () => ollamaError(404, absent),
    unsupported: () => ollamaError(400, `"${named}" does not support ${kind}`),
  });
}

function embedRoute(request: ExchangeRequest, parts: DialectParts): MadeAnswer {
  const read = ollamaBody(request.body, "EmbedRequest");
  if ("refusal" in read) return read.refusal;
  const { model: given, input, dimensions } = read.body;
  const named = typeof given === "string" ? given : "";
  const absent = `model "${named}" not found, try pulling it first`;
  const model = worldName(parts.state, named, request.session);
  if (input === undefined || input === null || input === "" || (Array.isArray(input) && input.length === 0)) {
    if (parts.state.routerOf(model, request.session) === undefined) return ollamaError(404, absent);
    return ginJson(200, { model: named, embeddings: [] }, "embed");
  }
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (!texts.every((item) => typeof item === "string")) return ollamaError(400, "invalid input type");
  const cut = typeof dimensions === "number" && dimensions > 0 ? dimensions : undefined;
  return askSources(request, parts, {
    path: EMBEDDINGS_PATH,
    body: { model, input: texts },
    refused: ollamaError,
    died: () => ollamaError(500, RUNNER_DIED),
    make: (answer) => embedAnswer(named, answer, cut),
    absent: () => ollamaError(404, absent),
    unsupported: () => ollamaError(400, `"${named}" does not support embed`),
  });
}

function embedAnswer(model: string, answer: Answer, cut: number | undefined): Answer {
  const wire = {
    json: (body: unknown) => ginJson(200, body, "embed").script,
    refused: ollamaError,
  };
  return respellWhole(wire, answer, () => {
    const { vectors, usage } = readVectors(answer);
    const embeddings = vectors.map((vector) => cutVector(vector, cut));
    const times = { total_duration: 2_000_000, load_duration: 1_000_000 };
    return { model, embeddings, ...times, prompt_eval_count: usage.prompt };
  });
}

/** A native request has no members of OpenAI's that its spelling asks for. */
const NATIVE: TextRequest = { kind: "chat", model: "", body: {}, includeUsage: true };

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Time (Unix seconds) of answers that no other source makes; the synthesizer's. */
const CREATED = 1_760_000_000;
