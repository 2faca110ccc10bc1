import { encodeBody } from "../src/cassette/format/codec.ts";
import type { BodyElement, HeaderPair, Interaction } from "../src/cassette/format/types.ts";

/** The request that a workload repeats, and the answer to it, as an interaction that the mock can play. */
export interface Workload {
  readonly id: WorkloadId;
  /** What the table calls it. */
  readonly title: string;
  readonly interaction: Interaction;
  /** True where the time to the first chunk means something. */
  readonly stream: boolean;
}

export const WORKLOAD_IDS = [
  "chat.create",
  "models.list",
  "embeddings.one",
  "embeddings.create",
  "chat.stream",
] as const;
export type WorkloadId = (typeof WORKLOAD_IDS)[number];

const INPUTS = 64;
const DIMENSION = 768;
/** Events of a stream. */
export const CHUNKS = 50;
/** The pace of a fast model. The bench plays at instant speed, but the waits are steps that the mock has to pass over. */
const WAIT_MS = 20;
const CREATED = 1_760_000_000;
const MODEL = "qwen3-coder";

export const QUESTION = "Quelle est la capitale de la France, et combien d'habitants a-t-elle ?";
/** Another one, for servers that find an answer by the question alone. */
export const STREAM_QUESTION = "Quels mots viennent l'un après l'autre ?";

const USAGE = {
  prompt_tokens: 31,
  completion_tokens: 24,
  total_tokens: 55,
  cost: 0.0000103,
  carbon: { kWh: { min: 0.00000027, max: 0.00000027 }, kgCO2eq: { min: 0.000000013, max: 0.000000013 } },
  impacts: { kWh: 0.00000027, kgCO2eq: 0.000000013 },
  requests: 1,
};

/** The bytes of each write of the answer. */
export function writesOf(workload: Workload): Uint8Array[] {
  return encodeBody(workload.interaction.response.body ?? []).map((write) => write.bytes);
}

export function makeWorkload(id: WorkloadId): Workload {
  switch (id) {
    case "models.list":
      return {
        id,
        title: "models",
        stream: false,
        interaction: get("/v1/models", {
          object: "list",
          data: [model(MODEL, "text-generation"), model("nomic-embed-text", "text-embeddings-inference")],
        }),
      };
    case "chat.create":
      return {
        id,
        title: "chat, JSON of 650 B",
        stream: false,
        interaction: post(
          "a short answer",
          "/v1/chat/completions",
          chatRequest(QUESTION, false),
          answer([{ wait: 0, json: completion() }]),
        ),
      };
    case "embeddings.one":
      return embeddingsWorkload(id, "one embedding of 768", 1);
    case "embeddings.create":
      return embeddingsWorkload(id, "64 embeddings of 768", INPUTS);
    case "chat.stream":
      return streamWorkload("stream of 50", WAIT_MS);
  }
}

/** The stream with another pace. */
export function streamWorkload(title: string, waitMs: number): Workload {
  return {
    id: "chat.stream",
    title,
    stream: true,
    interaction: post(
      "fifty chunks",
      "/v1/chat/completions",
      chatRequest(STREAM_QUESTION, true),
      stream(waitMs),
    ),
  };
}

function embeddingsWorkload(id: WorkloadId, title: string, inputs: number): Workload {
  return {
    id,
    title,
    stream: false,
    interaction: post(
      title,
      "/v1/embeddings",
      embeddingsRequest(inputs),
      answer([{ wait: 0, json: embeddings(inputs) }]),
    ),
  };
}

function get(target: string, json: unknown): Interaction {
  return { name: "the models", request: { method: "GET", target }, response: answer([{ wait: 0, json }]) };
}

function post(name: string, target: string, json: unknown, response: Interaction["response"]): Interaction {
  return {
    name,
    request: { method: "POST", target, headers: [["content-type", "application/json"]], json },
    response,
  };
}

/** A whole answer with the headers of OGL's server, in its order. */
function answer(body: readonly BodyElement[]): Interaction["response"] {
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-length", null],
    ["content-type", "application/json"],
  ];
  return { status: 200, framing: "length", headers, body, end: { how: "complete" } };
}

function stream(waitMs: number): Interaction["response"] {
  const headers: HeaderPair[] = [
    ["date", null],
    ["server", "uvicorn"],
    ["content-type", "text/event-stream; charset=utf-8"],
    ["Transfer-Encoding", null],
  ];
  const deltas = Array.from({ length: CHUNKS - 2 }, (_, i) => chunk({ content: ` mot${i}` }, null));
  const events = [chunk({ role: "assistant", content: "" }, null), ...deltas, chunk({}, "stop")];
  const body = events.map((sse, i): BodyElement => ({ wait: i === 0 ? 0 : waitMs, sse }));
  // The last event and the end mark share a write, as they do where an upstream sends both at once.
  return {
    status: 200,
    framing: "chunked",
    headers,
    body: [...body, { sse: "[DONE]" }],
    end: { how: "complete" },
  };
}

function chatRequest(question: string, asStream: boolean): unknown {
  return {
    model: MODEL,
    messages: [
      { role: "system", content: "You are a helpful assistant. Answer in one short sentence." },
      { role: "user", content: question },
    ],
    temperature: 0.2,
    max_completion_tokens: 256,
    ...(asStream ? { stream: true } : {}),
  };
}

/** About 650 bytes. */
function completion(): unknown {
  const message = {
    role: "assistant",
    content: "La capitale de la France est Paris, qui compte environ 2,1 millions d'habitants.",
    refusal: null,
    tool_calls: [],
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
  return {
    id: "chatcmpl-5f0c1d2e3a4b",
    object: "chat.completion",
    created: CREATED,
    model: MODEL,
    choices,
    service_tier: null,
    system_fingerprint: null,
    usage: USAGE,
  };
}

function chunk(delta: object, finish: string | null): unknown {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return {
    id: "chatcmpl-5f0c1d2e3a4b",
    object: "chat.completion.chunk",
    created: CREATED,
    model: MODEL,
    choices,
  };
}

function embeddingsRequest(inputs: number): unknown {
  return {
    model: "nomic-embed-text",
    input: Array.from({ length: inputs }, (_, i) => `passage: a sentence number ${i} of the batch`),
  };
}

function embeddings(inputs: number): unknown {
  const vector = (index: number): number[] =>
    Array.from({ length: DIMENSION }, (_, i) => Number(Math.sin(index * DIMENSION + i).toFixed(8)));
  const data = Array.from({ length: inputs }, (_, index) => ({
    embedding: vector(index),
    index,
    object: "embedding",
  }));
  return {
    data,
    model: "nomic-embed-text",
    object: "list",
    usage: { ...USAGE, completion_tokens: 0 },
    id: "embd-a1b2c3",
  };
}

function model(id: string, type: string): unknown {
  const costs = { prompt_tokens: 0.1, completion_tokens: 0.3 };
  return {
    id,
    type,
    aliases: [],
    created: CREATED,
    owned_by: "OpenGateLLM",
    max_context_length: 32_768,
    costs,
    object: "model",
  };
}
