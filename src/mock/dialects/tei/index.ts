/** Hugging Face's Text Embeddings Inference. */
export { tei } from "./tei.ts";
