import type { ExchangeRequest } from "../../exchange/index.ts";
import type { Spec } from "../../openapi/index.ts";
import { isObject } from "../../util/index.ts";
import { CHAT_PATH, EMBEDDINGS_PATH, RERANK_PATH } from "./openai-api/index.ts";

/** OGL's path for a route of another server that asks for the same. */
const SAME: Readonly<Record<string, string>> = {
  "/api/chat": CHAT_PATH,
  "/api/generate": CHAT_PATH,
  "/chat/completions": CHAT_PATH,
  "/v1/completions": CHAT_PATH,
  "/api/embed": EMBEDDINGS_PATH,
  "/embed": EMBEDDINGS_PATH,
  "/embeddings": EMBEDDINGS_PATH,
  "/rerank": RERANK_PATH,
  "/v2/rerank": RERANK_PATH,
};

/** A request under the operation of OGL that asks for the same, by which fault rules name it: `chat.stream`. */
export function asOperation(spec: Spec, exchange: ExchangeRequest): ExchangeRequest {
  const path = exchange.operation === undefined ? SAME[exchange.path] : undefined;
  if (path === undefined || exchange.method !== "POST") return exchange;
  // Ollama streams unless it is told not to.
  const wished = streamMember(exchange.body) ?? exchange.path.startsWith("/api/");
  const found = spec.operationOf("POST", path, { stream: wished });
  return found === undefined ? exchange : { ...exchange, operation: found.operation };
}

function streamMember(body: Uint8Array): boolean | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString("utf8"));
    return isObject(json) && typeof json["stream"] === "boolean" ? json["stream"] : undefined;
  } catch {
    return undefined;
  }
}
