import type { DialectName } from "./dialects.ts";

/** Facts about a dialect for people. */
export interface DialectFacts {
  /** The server and its version. */
  readonly server: string;
  /** Lines of a shell that show it. @param model one that writes text @param vectors one that makes vectors */
  tries(url: string, model: string, vectors: string): readonly string[];
  /** The settings by which a client finds it. */
  settings(url: string): string;
}

const JSON_TYPE = "-H 'Content-Type: application/json'";

/** Facts about each dialect but OGL's. */
export const DIALECT_FACTS: Readonly<Record<Exclude<DialectName, "ogl">, DialectFacts>> = {
  ollama: {
    server: "Ollama 0.17.4",
    tries: (url, model) => [
      `curl ${url}/api/tags`,
      `curl -N ${url}/api/chat -d '{${question(model)}}'`,
      `curl ${url}/api/generate -d '{"model":"${model}","prompt":"Bonjour","stream":false}'`,
    ],
    settings: (url) => `export OLLAMA_HOST=${url}`,
  },
  llamacpp: {
    server: "llama.cpp's server, build 1 (0c1e570)",
    tries: (url, model) => [`curl ${url}/health`, `curl ${url}/props`, ...chats(url, model, JSON_TYPE)],
    settings: (url) => `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=none`,
  },
  openai: {
    server: "OpenAI's API",
    tries: (url, model) => [
      `curl ${url}/v1/models -H 'Authorization: Bearer sk-anything'`,
      ...chats(url, model, `-H 'Authorization: Bearer sk-anything' ${JSON_TYPE}`),
    ],
    settings: (url) => `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=sk-anything`,
  },
  vllm: {
    server: "vLLM 0.11.0",
    tries: (url, model) => [`curl ${url}/version`, `curl ${url}/v1/models`, ...chats(url, model, JSON_TYPE)],
    settings: (url) => `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=EMPTY`,
  },
  tei: {
    server: "Text Embeddings Inference 1.8.2",
    tries: (url, _, vectors) => [
      `curl ${url}/info`,
      `curl ${url}/embed ${JSON_TYPE} -d '{"inputs":["Bonjour"]}'`,
      `curl ${url}/v1/embeddings ${JSON_TYPE} -d '{"model":"${vectors}","input":"Bonjour"}'`,
    ],
    settings: (url) => `export OPENAI_BASE_URL=${url}/v1 OPENAI_API_KEY=none`,
  },
};

function question(model: string): string {
  return `"model":"${model}","messages":[{"role":"user","content":"Quelle est la capitale de la France ?"}]`;
}

function chats(url: string, model: string, headers: string): string[] {
  return [
    `curl ${url}/v1/chat/completions ${headers} -d '{${question(model)}}'`,
    `curl -N ${url}/v1/chat/completions ${headers} -d '{${question(model)},"stream":true}'`,
  ];
}
