import type { Operation } from "../openapi/index.ts";

/** The types of models that an operation with a model runs on (read in OGL's source; chat-wrong-model-type). */
export const MODEL_TYPES: Readonly<Record<string, readonly string[]>> = {
  "/v1/audio/transcriptions": ["automatic-speech-recognition"],
  "/v1/chat/completions": ["text-generation", "image-text-to-text"],
  "/v1/embeddings": ["text-embeddings-inference"],
  "/v1/ocr": ["image-to-text"],
  "/v1/rerank": ["text-classification"],
};

/** True for the operations that run on a model which the body names. */
export function runsOnModel({ path, method }: Operation): boolean {
  return method === "POST" && path in MODEL_TYPES;
}

/** True for the operations on one key of the user's own. */
export function isOneKey({ path }: Operation): boolean {
  return path === "/v1/me/keys/{key}" || path === "/v1/keys/{key}";
}
