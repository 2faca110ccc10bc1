import type {
  About,
  BodyElement,
  Cassette,
  CassetteRequest,
  CassetteResponse,
  HeaderPair,
  Interaction,
} from "../../src/cassette/format/types.ts";
import { pyFloat } from "./python.ts";

/**
 * Answers that make sense, written by hand: no real model stood behind the server that was recorded. Their shape, order
 * of members, framing and pace are those of the recorded 0.4.1 (a vLLM upstream); 0.4.5 follows by `deriveTo045`.
 */

const CHAT_MODEL = "qwen3-coder";
/** In a stream OGL lets the provider's name of the model stand. */
const PROVIDER_MODEL = "Qwen/Qwen3-Coder-30B-A3B-Instruct";
const CREATED = 1795263500;
const TOKEN_MS = 20;

interface Answer {
  readonly name: string;
  readonly id: string;
  readonly messages: readonly object[];
  /** Members of the request beside model, messages and stream. */
  readonly requested?: object;
  readonly content: string | null;
  readonly reasoning?: string;
  readonly toolCall?: { readonly id: string; readonly name: string; readonly arguments: string };
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const user = (content: string): object => ({ role: "user", content });
const system = (content: string): object => ({ role: "system", content });

const WEATHER_TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Donne la météo actuelle d'une ville",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const WEATHER_CALL = { id: "call_meteo_paris", name: "get_weather", arguments: '{"city": "Paris"}' };
const WEATHER_QUESTION = user("Quel temps fait-il à Paris ?");
const CITY_SCHEMA = {
  type: "object",
  properties: { name: { type: "string" }, country: { type: "string" }, population: { type: "integer" } },
  required: ["name", "country", "population"],
  additionalProperties: false,
};

const ANSWERS: readonly Answer[] = [
  {
    name: "capital of France",
    id: "chatcmpl-capitale",
    messages: [user("Quelle est la capitale de la France ?")],
    content: "La capitale de la France est Paris.",
    promptTokens: 13,
    completionTokens: 11,
  },
  {
    name: "capital of France, in one sentence",
    id: "chatcmpl-capitale-phrase",
    messages: [system("Réponds en une phrase, en français."), user("Quelle est la capitale de la France ?")],
    content: "La capitale de la France est Paris.",
    promptTokens: 26,
    completionTokens: 11,
  },
  {
    name: "a brief greeting",
    id: "chatcmpl-bonjour",
    messages: [system("Réponds très brièvement en français."), user("Salut, dis bonjour.")],
    content: "Bonjour ! 👋",
    promptTokens: 23,
    completionTokens: 6,
  },
  {
    name: "a tool call",
    id: "chatcmpl-meteo-appel",
    messages: [WEATHER_QUESTION],
    // Without tool_choice OGL 0.4.x tells the model "none": see OGL's own default.
    requested: { tools: [WEATHER_TOOL], tool_choice: "auto" },
    content: null,
    toolCall: WEATHER_CALL,
    promptTokens: 10,
    completionTokens: 0,
  },
  {
    name: "the answer after the tool's result",
    id: "chatcmpl-meteo-reponse",
    messages: [
      WEATHER_QUESTION,
      {
        role: "assistant",
        tool_calls: [
          {
            id: WEATHER_CALL.id,
            type: "function",
            function: { name: WEATHER_CALL.name, arguments: WEATHER_CALL.arguments },
          },
        ],
      },
      { role: "tool", tool_call_id: WEATHER_CALL.id },
    ],
    content: "Il fait 18 °C à Paris, avec un ciel dégagé.",
    promptTokens: 24,
    completionTokens: 17,
  },
  {
    name: "a structured answer",
    id: "chatcmpl-fiche",
    messages: [user("Donne la fiche de la ville de Lyon.")],
    requested: {
      response_format: { type: "json_schema", json_schema: { name: "city", schema: CITY_SCHEMA } },
    },
    content: '{"name": "Lyon", "country": "France", "population": 522250}',
    promptTokens: 12,
    completionTokens: 19,
  },
  {
    name: "a reasoning answer",
    id: "chatcmpl-calcul",
    messages: [user("Combien font 17 × 23 ?")],
    content: "17 × 23 = 391.",
    reasoning: "17 × 20 = 340 et 17 × 3 = 51. La somme est 391.",
    promptTokens: 10,
    completionTokens: 30,
  },
];

/** The written half of the library in the shape of 0.4.1, by cassette name. */
export function writtenCassettes(): Map<string, Cassette> {
  const about = (title: string): About => ({ title, origin: "written", ogl: "0.4.1" });
  const chats = ANSWERS.flatMap((answer) => [chatJson(answer), chatStream(answer)]);
  return new Map<string, Cassette>([
    [
      "written-chat",
      {
        cassette: 1,
        about: about("Chats in French that make sense: text, tool call, structured answer, reasoning"),
        interactions: chats,
      },
    ],
    [
      "written-embeddings",
      {
        cassette: 1,
        about: about("Embeddings of French sentences: texts that share words are nearer"),
        interactions: EMBEDDED.map(embedding),
      },
    ],
    ["written-monitoring", { cassette: 1, about: about("Metrics"), interactions: [metrics()] }],
  ]);
}

/** GET /health/models, which came with 0.4.5; the OpenAPI does not say what it answers, clients expect this. */
export function healthModelsCassette(): Cassette {
  const data = [CHAT_MODEL, "nomic-embed-text"].map((id) => ({ id, status: "green" }));
  return {
    cassette: 1,
    about: { title: "Health of the models", origin: "written", ogl: "0.4.5" },
    interactions: [
      {
        name: "health of the models",
        request: { method: "GET", target: "/health/models" },
        response: jsonResponse({ data }, 12),
      },
    ],
  };
}

function chatRequest(answer: Answer, stream: boolean): CassetteRequest {
  const json = {
    model: CHAT_MODEL,
    messages: answer.messages,
    ...answer.requested,
    ...(stream ? { stream } : {}),
  };
  return {
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json,
  };
}

function usageOf({ promptTokens, completionTokens }: Answer): object {
  const cost = Math.round(promptTokens * 0.1 + completionTokens * 0.3) / 1e6;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    cost: pyFloat(cost),
    carbon: {
      kWh: pyFloat(5.3e-8 * (completionTokens + 1)),
      kgCO2eq: pyFloat(2.4e-9 * (completionTokens + 1)),
    },
    requests: 1,
  };
}

function chatJson(answer: Answer): Interaction {
  const call = answer.toolCall;
  const message = {
    role: "assistant",
    content: answer.content,
    refusal: null,
    annotations: null,
    audio: null,
    function_call: null,
    tool_calls: call
      ? [{ id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } }]
      : [],
    reasoning_content: answer.reasoning ?? null,
  };
  const body = {
    id: answer.id,
    object: "chat.completion",
    created: CREATED,
    model: CHAT_MODEL,
    choices: [
      {
        index: 0,
        message,
        logprobs: null,
        finish_reason: call ? "tool_calls" : "stop",
        stop_reason: null,
        token_ids: null,
      },
    ],
    service_tier: null,
    system_fingerprint: null,
    usage: usageOf(answer),
    prompt_logprobs: null,
    kv_transfer_params: null,
  };
  return {
    name: `${answer.name} (JSON)`,
    request: chatRequest(answer, false),
    match: { body: "subset" },
    response: jsonResponse(body, 80 + answer.completionTokens * TOKEN_MS),
  };
}

function chatStream(answer: Answer): Interaction {
  const chunk = (delta: object, finish: string | null = null): object => ({
    id: answer.id,
    object: "chat.completion.chunk",
    created: CREATED,
    model: PROVIDER_MODEL,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish, token_ids: null }],
  });
  const call = answer.toolCall;
  const deltas: object[] = [{ role: "assistant", content: "" }];
  for (const reasoning_content of parts(answer.reasoning ?? "")) deltas.push({ reasoning_content });
  for (const content of parts(answer.content ?? "")) deltas.push({ content });
  if (call) {
    deltas.push({
      tool_calls: [{ id: call.id, type: "function", index: 0, function: { name: call.name, arguments: "" } }],
    });
    for (const part of parts(call.arguments))
      deltas.push({ tool_calls: [{ index: 0, function: { arguments: part } }] });
  }
  const usage = {
    id: answer.id,
    object: "chat.completion.chunk",
    created: CREATED,
    model: PROVIDER_MODEL,
    choices: [],
    usage: usageOf(answer),
  };
  const body: BodyElement[] = [
    ...deltas.map((delta, i): BodyElement => ({ wait: i === 0 ? 0 : TOKEN_MS, sse: chunk(delta) })),
    { wait: TOKEN_MS, sse: chunk({ content: "" }, call ? "tool_calls" : "stop") },
    // OGL makes this one itself, with Python's json.dumps.
    { wait: TOKEN_MS, sse: usage, style: "spaced" },
    { wait: 0, sse: "[DONE]" },
  ];
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-type", "text/event-stream; charset=utf-8"],
    ["Transfer-Encoding", null],
  ];
  return {
    name: `${answer.name} (stream)`,
    request: chatRequest(answer, true),
    match: { body: "subset" },
    response: {
      wait: 80,
      status: 200,
      framing: "chunked",
      headers,
      body,
      end: { how: "complete", wait: 60 },
    },
  };
}

/** Words with the blank before them, as models emit tokens. */
function parts(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}

function jsonResponse(body: object, wait: number): CassetteResponse {
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-length", null],
    ["content-type", "application/json"],
  ];
  return {
    wait,
    status: 200,
    framing: "length",
    headers,
    body: [{ wait: 0, json: body }],
    end: { how: "complete" },
  };
}

interface Embedded {
  readonly name: string;
  readonly input: string | readonly string[];
  readonly tokens: number;
}

const EMBEDDED: readonly Embedded[] = [
  { name: "one text", input: "le château fort de Carcassonne", tokens: 30 },
  { name: "two texts", input: ["Paris est la capitale.", "Lyon est en Rhône-Alpes."], tokens: 17 },
];
const DIMENSION = 768;

function embedding({ name, input, tokens }: Embedded): Interaction {
  const inputs = typeof input === "string" ? [input] : input;
  const body = {
    data: inputs.map((text, index) => ({
      embedding: vectorOf(text).map(pyFloat),
      index,
      object: "embedding",
    })),
    model: "nomic-embed-text",
    object: "list",
    usage: {
      prompt_tokens: tokens,
      completion_tokens: 0,
      total_tokens: tokens,
      cost: pyFloat(Math.round(tokens * 0.02) / 1e6),
      carbon: { kWh: pyFloat(0), kgCO2eq: pyFloat(0) },
      requests: 1,
    },
    id: `request-${"0".repeat(31)}${inputs.length}`,
  };
  const request: CassetteRequest = {
    method: "POST",
    target: "/v1/embeddings",
    headers: [["content-type", "application/json"]],
    json: { model: "nomic-embed-text", input },
  };
  return { name: `embedding ${name}`, request, match: { body: "subset" }, response: jsonResponse(body, 35) };
}

/**
 * Base64 passes OGL 0.4.5's validation of the request, and then its own answer does not pass that of the response:
 * observed on a 0.4.1 with the schemas of 0.4.5 (capture 045p emb-base64). OpenAI's SDKs ask for base64 by default.
 */
export function base64Cassette(): Cassette {
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-length", null],
    ["content-type", "text/plain; charset=utf-8"],
  ];
  const response: CassetteResponse = {
    wait: 60,
    status: 500,
    framing: "length",
    headers,
    body: [{ wait: 0, text: "Internal Server Error" }],
    end: { how: "close" },
  };
  const interactions = EMBEDDED.map(({ name, input }): Interaction => {
    const json = { model: "nomic-embed-text", input, encoding_format: "base64" };
    const request: CassetteRequest = {
      method: "POST",
      target: "/v1/embeddings",
      headers: [["content-type", "application/json"]],
      json,
    };
    return { name: `embedding ${name}, asked for in base64`, request, match: { body: "subset" }, response };
  });
  return {
    cassette: 1,
    about: { title: "Embeddings asked for in base64 fail", origin: "written", ogl: "0.4.5" },
    interactions,
  };
}

/** A unit vector that is the sum of one fixed direction for each word. */
function vectorOf(text: string): number[] {
  const sum = new Float64Array(DIMENSION);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let state = [...word].reduce(
      (hash, char) => Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193) >>> 0,
      0x811c9dc5,
    );
    for (let i = 0; i < DIMENSION; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      sum[i] = (sum[i] as number) + state / 2 ** 31 - 1;
    }
  }
  const length = Math.hypot(...sum);
  return [...sum].map((value) => Number((value / length).toFixed(9)));
}

function metrics(): Interaction {
  const text = [
    "# HELP http_requests_total Total number of requests by method, status and handler.",
    "# TYPE http_requests_total counter",
    'http_requests_total{handler="/v1/chat/completions",method="POST",status="2xx"} 12.0',
    'http_requests_total{handler="/v1/models",method="GET",status="2xx"} 3.0',
    "# HELP http_request_duration_seconds Duration of HTTP requests in seconds",
    "# TYPE http_request_duration_seconds summary",
    'http_request_duration_seconds_count{handler="/v1/chat/completions",method="POST"} 12.0',
    'http_request_duration_seconds_sum{handler="/v1/chat/completions",method="POST"} 1.0625',
    "",
  ].join("\n");
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-length", null],
    ["content-type", "text/plain; version=1.0.0; charset=utf-8"],
  ];
  return {
    name: "metrics",
    request: { method: "GET", target: "/metrics" },
    response: {
      wait: 5,
      status: 200,
      framing: "length",
      headers,
      body: [{ wait: 0, text }],
      end: { how: "complete" },
    },
  };
}
