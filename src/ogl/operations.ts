import { stripText } from "../asgi/index.ts";
import type { Operation } from "../openapi/index.ts";

/** Types of models that operations run on, by path (read in OGL's source; observed on 0.4.1: chat-wrong-model-type). */
export const MODEL_TYPES: Readonly<Record<string, readonly string[]>> = {
  "/v1/audio/transcriptions": ["automatic-speech-recognition"],
  "/v1/chat/completions": ["text-generation", "image-text-to-text"],
  "/v1/embeddings": ["text-embeddings-inference"],
  "/v1/ocr": ["image-to-text"],
  "/v1/rerank": ["text-classification"],
};

/** True for operations that run on the model that the body names. */
export function runsOnModel({ path, method }: Operation): boolean {
  return method === "POST" && path in MODEL_TYPES;
}

export const SEARCH_PATH = "/v1/search";

/** Paths of operations whose model has a least length in the OpenAPI: pydantic strips its white space. */
export const STRIPPED_MODELS: ReadonlySet<string> = new Set(["/v1/rerank"]);

/**
 * The name of a body's model as OGL's code sees it after validation (observed on 0.4.1: rerank-model-spaces). The checks of
 * access and limits, which come before, see it as it was sent.
 *
 * @returns `undefined` if the model is not a string
 */
export function modelName({ path }: Operation, body: unknown): string | undefined {
  const { model } = (body ?? {}) as { model?: unknown };
  if (typeof model !== "string") return undefined;
  return STRIPPED_MODELS.has(path) ? stripText(model) : model;
}
