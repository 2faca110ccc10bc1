/** Some hundred requests whose synthesized answers are held by their hashes. */
import type { World } from "../../../src/ogl/state/types.ts";
import { wav } from "../../support/wav.ts";

/** A request with a name of its own. */
export interface KeptRequest {
  readonly name: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | FormData;
}

const COSTS = { prompt_tokens: 1.5, completion_tokens: 2.25 };
const VECTORS = "text-embeddings-inference";

export const KEPT_WORLD: Omit<World, "ogl"> = {
  models: [
    { id: "chat", type: "text-generation", aliases: ["other"], provider_name: "provider/chat", costs: COSTS },
    { id: "see", type: "image-text-to-text" },
    { id: "nomic-embed-text", type: VECTORS, costs: COSTS },
    { id: "vectors", type: VECTORS },
    { id: "tei", type: VECTORS, provider: "tei", dimension: 384 },
    { id: "text-embedding-3-large", type: VECTORS },
    { id: "small", type: VECTORS, dimension: 3 },
    { id: "rank", type: "text-classification" },
    { id: "rank-vllm", type: "text-classification", provider: "vllm", costs: COSTS },
    { id: "listen", type: "automatic-speech-recognition" },
    { id: "look", type: "image-to-text" },
    { id: "t-echo", type: "text-generation" },
  ],
  parser: true,
};

const TEXTS: readonly string[] = [
  "What is the capital of France?",
  "Quelle est la capitale de la Suisse ?",
  "Combien font 17 + 25 ?",
  "hello",
  "Bonjour tout le monde !",
  "Say exactly: pong",
  "Tell me about bridges and tunnels in Norway.",
  "How do I renew my passport in three steps?",
  "Comment renouveler ma carte d'identité ?",
  "List five ideas for a birthday party",
  "Donne-moi trois idées de repas pour des enfants",
  "Write a Python function that sorts a list of words",
  "What's the difference between TCP and UDP?",
  "Explain the Déclaration des droits de l'homme et du citoyen, in two sentences.",
  "Please summarise:\nThe quick brown fox jumps over the lazy dog.\r\nIt was late.\tVery late.\n\nWas it?",
  "",
  "   \n\t  ",
  "?!",
  "été 😀 naïve façade œuvre 👩‍👩‍👧‍👦 🇫🇷 e\u0301",
  "东京是日本的首都吗？请用中文回答我的问题。",
  "日本の首都はどこですか？詳しく教えてください。",
  "한국의 수도는 어디입니까?",
  "Какова столица России и сколько там жителей?",
  "ما هي عاصمة مصر؟",
  "Τι είναι η Αθήνα;",
  "𝒳 math 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 and \u00a0no-break\u3000space",
  "line\u2028separator and next\u0085line about rivers",
  "replacement \ufffd character and nul \u0000 about rivers",
  "half \ud83d pair about rivers",
  "<|endoftext|> is a special token, isn't it?",
  "Call it \"blue whale\" or `grey_seal`, don't they'll we've it's I'm he'd",
  "Mail camille@example.org about https://example.org/a?b=c on 2026-03-04, order 12345, price 3.50",
  "const x = {a: [1, 2, 3], b: null}; // comment\nfunction f() { return x.a.map((y) => y * 2); }",
  `a${"b".repeat(600)}`,
  `look at ${"0123456789".repeat(30)} please`,
  `The word ${"pneumonoultramicroscopicsilicovolcanoconiosis".repeat(3)} is long, isn't it?`,
  `${"Wie geht es dir heute, und morgen? ".repeat(60)}`,
  `${"蒙古語".repeat(90)} what?`,
  `${"🎉".repeat(70)} party`,
  `${" ".repeat(700)}blanks${"\n".repeat(40)}end`,
  `${"The ministry of finance published its yearly report. ".repeat(20)}What is in it?`,
];

const user = (content: unknown): object[] => [{ role: "user", content }];

function* chats(): Generator<KeptRequest> {
  const path = "/v1/chat/completions";
  for (const [i, text] of TEXTS.entries()) {
    for (const stream of [false, true])
      yield { name: `chat ${i} ${stream}`, path, body: { model: "chat", messages: user(text), stream } };
  }
  for (const [name, more] of Object.entries(CHAT_OPTIONS)) {
    for (const stream of [false, true]) {
      const body = { model: "other", messages: user(TEXTS[6]), stream, ...more };
      yield { name: `chat with ${name} ${stream}`, path, body };
    }
  }
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const format = { type: "json_schema", json_schema: { name, schema } };
    for (const text of [0, 8, 18, 31])
      yield {
        name: `schema ${name} ${text}`,
        path,
        body: { model: "chat", messages: user(TEXTS[text]), response_format: format, stream: text === 8 },
      };
  }
  for (const choice of ["auto", "required", "none", { type: "function", function: { name: "get_weather" } }])
    for (const text of ["What is the weather in Lyon tomorrow?", "Multiplie 12 * 7", TEXTS[19]])
      for (const stream of [false, true])
        yield {
          name: `tools ${JSON.stringify(choice)} ${text} ${stream}`,
          path,
          body: { model: "chat", messages: user(text), tools: TOOLS, tool_choice: choice, stream },
        };
}

const TOOLS = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Weather of a city on a day",
      parameters: {
        type: "object",
        properties: {
          city: { type: "string" },
          day: { type: "string", format: "date" },
          unit: { enum: ["celsius", "fahrenheit"] },
        },
        required: ["city"],
      },
    },
  },
  {
    type: "function",
    function: {
      name: "calculate",
      description: "Calculer une expression",
      parameters: {
        type: "object",
        properties: { expression: { type: "string" } },
        required: ["expression"],
      },
    },
  },
  { type: "function", function: { name: "now" } },
];

const AFTER_A_CALL = [
  { role: "system", content: "You are terse." },
  { role: "user", content: "Weather in Lyon?" },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "call-1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "call-1", content: '{"temperature": 21, "sky": "clear"}' },
];

const CHAT_OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  seed: { seed: 7 },
  three: { n: 3 },
  many: { n: 12 },
  stop: { stop: ["tunnels", "."] },
  cut: { max_tokens: 9 },
  "cut more": { max_completion_tokens: 2, n: 2 },
  logprobs: { logprobs: true, top_logprobs: 4, max_tokens: 12 },
  "logprobs of emoji": { logprobs: true, top_logprobs: 20, messages: user(TEXTS[18]), max_tokens: 30 },
  usage: { stream_options: { include_usage: true } },
  "usage all along": { stream_options: { include_usage: true, continuous_usage_stats: true }, n: 2 },
  "a tool's result": { messages: AFTER_A_CALL, tools: TOOLS, tool_choice: "auto" },
  parallel: {
    messages: user("Weather of the city Lyon and calculate the expression 2 + 2"),
    tools: TOOLS,
    tool_choice: "auto",
    parallel_tool_calls: true,
  },
  pictures: {
    model: "see",
    messages: user([
      { type: "text", text: "What is in these pictures?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
    ]),
  },
  "json object": {
    response_format: { type: "json_object" },
    messages: user('JSON with "name" and "age" of a cat'),
  },
  choice: { guided_choice: ["red", "green", "blue"] },
  regex: { guided_regex: "[A-Z]{3}-\\d{4}" },
  "many messages": {
    messages: TEXTS.slice(0, 12).map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content })),
  },
  "misbehaving model": { model: "t-echo" },
};

const SCHEMAS: Readonly<Record<string, object>> = {
  person: {
    type: "object",
    properties: {
      name: { type: "string" },
      age: { type: "integer", minimum: 18, maximum: 99 },
      email: { type: "string", format: "email" },
      tags: { type: "array", items: { type: "string", maxLength: 12 }, minItems: 1, maxItems: 4 },
      address: { $ref: "#/$defs/address" },
      mood: { enum: ["happy", "sad", "neutral"] },
      score: { type: ["number", "null"], exclusiveMinimum: 0, multipleOf: 0.5 },
    },
    required: ["name", "age", "address", "mood"],
    additionalProperties: false,
    $defs: {
      address: {
        type: "object",
        properties: { street: { type: "string" }, city: { type: "string" }, zip: { type: "string" } },
        required: ["street", "city"],
      },
    },
  },
  tree: {
    type: "object",
    properties: {
      value: { type: "number" },
      children: { type: "array", items: { $ref: "#" } },
      next: { anyOf: [{ $ref: "#" }, { type: "null" }] },
    },
    required: ["value", "children"],
  },
  odd: {
    type: "object",
    properties: {
      code: { type: "string", pattern: "^[A-Z]{2}\\d{3}$" },
      id: { type: "string", format: "uuid" },
      when: { type: "string", format: "date-time" },
      text: { type: "string", minLength: 200, maxLength: 220 },
      flag: { const: true },
      pair: { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false },
      either: { oneOf: [{ type: "string" }, { type: "integer", minimum: 5 }] },
      map: { type: "object", additionalProperties: { type: "integer" }, minProperties: 2 },
    },
    required: ["code", "id", "when", "text", "flag", "pair", "either", "map"],
  },
};

function* vectors(): Generator<KeptRequest> {
  const path = "/v1/embeddings";
  for (const [i, input] of TEXTS.entries()) {
    const model = i % 2 === 0 ? "vectors" : "nomic-embed-text";
    yield { name: `vector ${i}`, path, body: { model, input } };
  }
  for (const model of ["nomic-embed-text", "vectors", "tei", "text-embedding-3-large", "small"]) {
    for (const more of [{}, { dimensions: 2 }, { dimensions: 100 }, { encoding_format: "base64" }])
      yield {
        name: `vectors of ${model} ${JSON.stringify(more)}`,
        path,
        body: { model, input: TEXTS.slice(0, 12), encoding_format: "float", ...more },
      };
  }
  yield { name: "no vectors", path, body: { model: "vectors", input: [] } };
  yield {
    name: "too many vectors",
    path,
    body: { model: "tei", input: TEXTS.slice(0, 15).flatMap((text) => [text, `${text}!`, `${text}?`]) },
  };
  yield { name: "vectors of tokens", path, body: { model: "vectors", input: [1, 2, 50_000] } };
  yield { name: "vectors of lists", path, body: { model: "tei", input: [[1, 2], [3], []] } };
  yield {
    name: "65 vectors",
    path,
    body: { model: "small", input: Array.from({ length: 65 }, (_, i) => `text ${i} about ${TEXTS[i % 20]}`) },
  };
}

function* rankings(): Generator<KeptRequest> {
  const path = "/v1/rerank";
  for (const model of ["rank", "rank-vllm"]) {
    for (const query of [TEXTS[0], TEXTS[13], TEXTS[19], "x"]) {
      for (const more of [{}, { top_n: 2 }])
        yield {
          name: `ranking ${model} ${query} ${JSON.stringify(more)}`,
          path,
          body: { model, query, documents: TEXTS.slice(0, 24).filter((text) => text.trim() !== ""), ...more },
        };
    }
  }
}

function* media(): Generator<KeptRequest> {
  for (const seconds of [1, 20]) {
    for (const format of ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"]) {
      const body = new FormData();
      body.append("model", "listen");
      body.append("response_format", format);
      if (seconds > 1) body.append("language", "fr");
      body.append("file", new Blob([wav(seconds)], { type: "audio/wav" }), "a.wav");
      yield { name: `sound ${seconds} ${format}`, path: "/v1/audio/transcriptions", body };
    }
  }
  const schema = { type: "json_schema", json_schema: { name: "a", schema_definition: SCHEMAS["person"] } };
  for (const document of [
    { type: "document_url", document_url: "https://example.org/a.pdf" },
    { type: "image_url", image_url: "data:image/png;base64,AAAA" },
    {
      type: "document_url",
      document_url: `data:text/plain;base64,${Buffer.from(TEXTS[40] ?? "").toString("base64")}`,
    },
  ]) {
    for (const more of [{}, { document_annotation_format: schema, pages: [0] }])
      yield {
        name: `OCR ${document.type} ${JSON.stringify(document).length} ${Object.keys(more).length}`,
        path: "/v1/ocr",
        body: { model: "look", document, ...more },
      };
  }
}

/** All requests, each with a name of its own. */
export function keptRequests(): KeptRequest[] {
  return [...chats(), ...vectors(), ...rankings(), ...media()];
}
