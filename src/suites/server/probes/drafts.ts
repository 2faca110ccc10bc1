import type { Draft, Facts, Unfit } from "../model/index.ts";

/** Most tokens of an answer that a probe asks for. */
const SHORT = 48;
/** Most tokens of an answer that has to be JSON. */
const LONG = 256;

/** Members of a chat's body beside the model. */
type ChatMembers = Readonly<Record<string, unknown>>;

/** Chat about a word, as deterministic as a server can make it. */
export function chatDraft(model: string, word: string, more: ChatMembers = {}): Draft {
  return {
    method: "POST",
    target: "/v1/chat/completions",
    json: {
      model,
      messages: [{ role: "user", content: `Repeat this word and nothing else: ${word}` }],
      temperature: 0,
      seed: 7,
      max_completion_tokens: SHORT,
      ...more,
    },
  };
}

/** Request of embeddings. */
export function embeddingDraft(model: string, input: unknown, more: ChatMembers = {}): Draft {
  return { method: "POST", target: "/v1/embeddings", json: { model, input, ...more } };
}

/** Chat that has to call a tool. */
export function toolDraft(model: string, more: ChatMembers = {}): Draft {
  return {
    method: "POST",
    target: "/v1/chat/completions",
    json: {
      model,
      messages: [{ role: "user", content: "What is the weather in Paris? Call the tool." }],
      tools: [TOOL],
      tool_choice: { type: "function", function: { name: TOOL.function.name } },
      temperature: 0,
      max_completion_tokens: LONG,
      ...more,
    },
  };
}

const TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather of a city",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
} as const;

/** Chat whose answer has to be JSON of a schema. */
export function schemaDraft(model: string): Draft {
  return {
    method: "POST",
    target: "/v1/chat/completions",
    json: {
      model,
      messages: [{ role: "user", content: "Give the city Paris with its number of rivers as JSON." }],
      response_format: {
        type: "json_schema",
        json_schema: { name: "city", strict: true, schema: CITY_SCHEMA },
      },
      temperature: 0,
      max_completion_tokens: LONG,
    },
  };
}

/** Schema of the structured answer. */
const CITY_SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, rivers: { type: "integer" } },
  required: ["city", "rivers"],
  additionalProperties: false,
} as const;

/** Requests for the chat model; unfit if the server lists none. */
export function withChat(
  make: (model: string, facts: Facts) => readonly Draft[],
): (facts: Facts) => readonly Draft[] | Unfit {
  return (facts) =>
    facts.chat === undefined
      ? { unfit: "the server lists no model for chats (--model names one)" }
      : make(facts.chat, facts);
}

/** Requests for the embedding model; unfit if the server lists none. */
export function withEmbedding(
  make: (model: string, facts: Facts) => readonly Draft[],
): (facts: Facts) => readonly Draft[] | Unfit {
  return (facts) =>
    facts.embedding === undefined
      ? { unfit: "the server lists no model for embeddings (--embedding-model names one)" }
      : make(facts.embedding, facts);
}

/** Request of a path that only some servers have; unfit if the server's OpenAPI does not declare it. */
export function ifDeclared(
  path: string,
  draft: Partial<Draft> = {},
): (facts: Facts) => readonly Draft[] | Unfit {
  return ({ paths }) =>
    paths.has(path)
      ? [{ method: "GET", target: path, ...draft }]
      : { unfit: `the server's OpenAPI does not declare ${path}` };
}
