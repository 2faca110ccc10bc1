/** Builders of the scenarios' scripts, from plain parts. */
import { EVENT_STREAM_TYPE, asgiResponse, uvicornHeaders } from "../../../asgi/index.ts";
import {
  type End,
  type Framing,
  type Header,
  type Op,
  type Script,
  reasonPhrase,
} from "../../../http/index.ts";
import type { PinnedVersion } from "../../../openapi/index.ts";
import { defined } from "../../../util/index.ts";

/** Part of a body: bytes for one write (a string as UTF-8), or an op. */
export type ScriptPart = string | Uint8Array | Op;

export interface AnswerOptions {
  readonly status?: number;
  readonly contentType?: string | null;
  /** Headers between `server` and the content headers, as OGL has them. */
  readonly headers?: readonly Header[];
  readonly end?: End;
  /** Wait (ms) before the head. */
  readonly wait?: number;
  readonly framing?: Framing;
  /** Send the parts as fast as possible, sharing packets; otherwise each text arrives alone, as a model writes. */
  readonly burst?: boolean;
}

/** Chunked answer of the parts, one packet each: by default a 200 event stream with OGL's headers. */
export function stream(parts: readonly ScriptPart[], options: AnswerOptions = {}): Script {
  const { status = 200, contentType = EVENT_STREAM_TYPE, framing = "chunked", burst = false } = options;
  const headers = uvicornHeaders(
    ...(options.headers ?? []),
    ...(contentType === null ? [] : [["content-type", contentType] as const]),
    ...(framing === "chunked" ? [["Transfer-Encoding", null] as const] : []),
  );
  return {
    wait: options.wait ?? 0,
    head: { http: "1.1", status, reason: reasonPhrase(status) ?? "", headers, framing },
    ops: [...parts.map((part) => opOf(part, burst)), { op: options.end ?? "complete" }],
  };
}

/** JSON answer with OGL's headers. The text is sent unchanged, since scenarios test number lexemes. */
export function json(body: string | object, options: AnswerOptions = {}): Script {
  const { status = 200, headers = [], contentType = "application/json" } = options;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const script = asgiResponse(status, Buffer.from(text), headers, contentType ?? "");
  const ops = script.ops.map((op): Op => (op.op === "complete" ? { op: options.end ?? "complete" } : op));
  return { ...script, ops, wait: options.wait ?? 0 };
}

/** Script of a server that reads the request and then ends or stalls the connection without an answer. */
export function noAnswer(how: "reset" | "truncate" | "stall"): Script {
  return { wait: 0, head: null, ops: [{ op: how }] };
}

function opOf(part: ScriptPart, burst: boolean): Op {
  if (typeof part !== "string" && !(part instanceof Uint8Array)) return part;
  const bytes = typeof part === "string" ? Buffer.from(part) : part;
  return burst ? { op: "write", bytes } : alone(bytes);
}

/** Write that arrives by itself, in its own TCP segment. */
export function alone(bytes: string | Uint8Array): Op {
  return { op: "write", bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes, flush: true };
}

/** Writes of one byte each. Many of them are paced by the clock, since waiting for each flush takes too long. */
export function byteByByte(text: string): Op[] {
  const bytes = [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
  return bytes.length <= FEW_BYTES
    ? bytes.map(alone)
    : bytes.flatMap((byte): Op[] => [{ op: "write", bytes: byte }, wait(2)]);
}

const FEW_BYTES = 8;

export const wait = (ms: number): Op => ({ op: "wait", ms });

export const DONE = "data: [DONE]\n\n";
const ID = "chatcmpl-5f0c1d2e3a4b";
const CREATED = 1_760_000_000;

/** Chunk object with these choices, as OGL's upstreams send it. */
export function chunkObject(choices: readonly object[], more: object = {}): object {
  return { id: ID, object: "chat.completion.chunk", created: CREATED, model: "ok", choices, ...more };
}

/** SSE frame of an object as compact JSON. */
export function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** SSE frame with one delta of the first choice. */
export function delta(content: object, finish: string | null = null, more: object = {}): string {
  return frame(chunkObject([{ index: 0, delta: content, finish_reason: finish }], more));
}

/** First frame of an answer, as vLLM behind OGL sends it. */
export const ROLE: string = delta({ role: "assistant", content: "" });
export const STOP: string = delta({}, "stop");

/** Frames of a correct stream: role, one delta a text, finish reason and `[DONE]`. */
export function texts(...contents: readonly string[]): string[] {
  return [...opening(...contents), STOP, DONE];
}

/** Frames of the beginning of a stream: role and one delta a text. */
export function opening(...contents: readonly string[]): string[] {
  return [ROLE, ...contents.map((content) => delta({ content }))];
}

/** Delta with a part of a tool call. */
export function tool(index: number, call: { id?: string; name?: string; args?: string }): object {
  const { id, name, args } = call;
  return {
    index,
    ...(id === undefined ? {} : { id, type: "function" }),
    function: { ...defined({ name, arguments: args }) },
  };
}

/** Frame with parts of tool calls. */
export function toolFrame(...calls: readonly object[]): string {
  return delta({ tool_calls: calls });
}

const CARBON: Readonly<Record<PinnedVersion, string>> = {
  // Observed with the 0.4.5 schemas (stream-plain): ranges, and the sum of each once more.
  "0.4.5":
    '"carbon": {"kWh": {"min": 2.75e-07, "max": 2.75e-07}, "kgCO2eq": {"min": 1.3e-08, "max": 1.3e-08}}, ' +
    '"impacts": {"kWh": 2.75e-07, "kgCO2eq": 1.3e-08}',
  // Observed on 0.4.1 (stream-plain): numbers.
  "0.4.1": '"carbon": {"kWh": 4.45e-07, "kgCO2eq": 5.2e-08}',
};

/** OGL's usage as JSON, with its own members and Python's spacing, of a generation. */
export function oglUsage(prompt: number, answer: number, ogl: PinnedVersion = "0.4.5"): string {
  return (
    `{"prompt_tokens": ${prompt}, "completion_tokens": ${answer}, "total_tokens": ${prompt + answer}, ` +
    `"cost": 9e-06, ${CARBON[ogl]}, "requests": 1}`
  );
}

/** Usage chunk that OGL sends before `[DONE]`, requested or not (observed on 0.4.1: stream-plain). */
export function oglUsageFrame(prompt: number, answer: number, ogl?: PinnedVersion): string {
  return (
    `data: {"id": "${ID}", "object": "chat.completion.chunk", "created": ${CREATED}, "model": "ok", ` +
    `"choices": [], "usage": ${oglUsage(prompt, answer, ogl)}}\n\n`
  );
}

const PLAIN_USAGE = '{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5}';

/** Complete chat answer; `usage` is JSON text, since OGL's lexemes such as `9e-06` are part of the test. */
export function completion(
  message: object,
  finish = "stop",
  usage: string = PLAIN_USAGE,
  model = "ok",
): string {
  const head = { id: ID, object: "chat.completion", created: CREATED, model };
  const choices = [
    { index: 0, message: { role: "assistant", ...message }, logprobs: null, finish_reason: finish },
  ];
  return `${JSON.stringify({ ...head, choices }).slice(0, -1)},"usage":${usage}}`;
}

/** Embeddings answer; vectors are JSON text. */
export function embeddingsBody(...vectors: readonly string[]): string {
  const data = vectors
    .map((vector, index) => `{"embedding":${vector},"index":${index},"object":"embedding"}`)
    .join(",");
  return `{"data":[${data}],"model":"embed","object":"list","usage":{"prompt_tokens":2,"completion_tokens":0,"total_tokens":2},"id":"embd-a1b2c3","created":${CREATED}}`;
}

/** Model as OGL lists it (observed on 0.4.1: models-list); `object` is its last member. */
export function oglModel(id: string, more: object = {}): object {
  return {
    id,
    type: "text-generation",
    aliases: [],
    created: CREATED,
    owned_by: "OpenGateLLM",
    max_context_length: 2000,
    costs: { prompt_tokens: 0.1, completion_tokens: 0.3 },
    ...more,
    object: "model",
  };
}
