/** vLLM's OpenAI-compatible server. */
export { vllm } from "./vllm.ts";
