/** Ollama: its native API, with streams of JSON lines. */
export { ollama } from "./ollama.ts";
