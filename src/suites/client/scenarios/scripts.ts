/** The one place where what scenarios make the server send is put together, from plain pieces to scripts. */
import { STATUS_CODES } from "node:http";
import { EVENT_STREAM_TYPE, asgiResponse, uvicornHeaders } from "../../../asgi/index.ts";
import type { End, Framing, Header, Op, Script } from "../../../http/index.ts";
import type { PinnedVersion } from "../../../openapi/index.ts";
import { defined } from "../../../util/index.ts";

/** A piece of a body: its bytes (a string as UTF-8) in one write, or an op as it is. */
export type ScriptPart = string | Uint8Array | Op;

export interface AnswerOptions {
  readonly status?: number;
  readonly contentType?: string | null;
  /** Between `server` and the content headers, where OGL has them. */
  readonly headers?: readonly Header[];
  readonly end?: End;
  /** Milliseconds before the head. */
  readonly wait?: number;
  readonly framing?: Framing;
  /** Pieces leave as fast as they can and share packets; else each text arrives alone, as from a model that writes. */
  readonly burst?: boolean;
}

/** A chunked answer of the pieces, one packet each: by default a 200 event stream with OGL's headers. */
export function stream(parts: readonly ScriptPart[], options: AnswerOptions = {}): Script {
  const { status = 200, contentType = EVENT_STREAM_TYPE, framing = "chunked", burst = false } = options;
  const headers = uvicornHeaders(
    ...(options.headers ?? []),
    ...(contentType === null ? [] : [["content-type", contentType] as const]),
    ...(framing === "chunked" ? [["Transfer-Encoding", null] as const] : []),
  );
  return {
    wait: options.wait ?? 0,
    head: { http: "1.1", status, reason: STATUS_CODES[status] ?? "", headers, framing },
    ops: [...parts.map((part) => opOf(part, burst)), { op: options.end ?? "complete" }],
  };
}

/** A JSON answer with OGL's headers. The text is sent as it stands: number lexemes are part of what is tried. */
export function json(body: string | object, options: AnswerOptions = {}): Script {
  const { status = 200, headers = [], contentType = "application/json" } = options;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const script = asgiResponse(status, Buffer.from(text), headers, contentType ?? "");
  const ops = script.ops.map((op): Op => (op.op === "complete" ? { op: options.end ?? "complete" } : op));
  return { ...script, ops, wait: options.wait ?? 0 };
}

/** A server that takes the request and then does that to the connection, without an answer. */
export function noAnswer(how: "reset" | "truncate" | "stall"): Script {
  return { wait: 0, head: null, ops: [{ op: how }] };
}

function opOf(part: ScriptPart, burst: boolean): Op {
  if (typeof part !== "string" && !(part instanceof Uint8Array)) return part;
  const bytes = typeof part === "string" ? Buffer.from(part) : part;
  return burst ? { op: "write", bytes } : alone(bytes);
}

/** A write that arrives by itself: it gets a TCP segment of its own. */
export function alone(bytes: string | Uint8Array): Op {
  return { op: "write", bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes, flush: true };
}

/** Each byte in a segment of its own. Many of them go by the clock: waiting for each to leave takes too long. */
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

/** The object of a chunk with these choices, as OGL's upstreams send them. */
export function chunkObject(choices: readonly object[], more: object = {}): object {
  return { id: ID, object: "chat.completion.chunk", created: CREATED, model: "ok", choices, ...more };
}

/** A frame of the stream: any object as compact JSON. */
export function frame(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** A frame with one delta of the first choice. */
export function delta(content: object, finish: string | null = null, more: object = {}): string {
  return frame(chunkObject([{ index: 0, delta: content, finish_reason: finish }], more));
}

/** The frame that opens an answer, as vLLM behind OGL sends it. */
export const ROLE: string = delta({ role: "assistant", content: "" });
export const STOP: string = delta({}, "stop");

/** Role, one delta a text, the finish and `[DONE]`: a stream in which nothing is wrong. */
export function texts(...contents: readonly string[]): string[] {
  return [...opening(...contents), STOP, DONE];
}

/** Role and one delta a text: a stream that has begun. */
export function opening(...contents: readonly string[]): string[] {
  return [ROLE, ...contents.map((content) => delta({ content }))];
}

/** A piece of a tool call in a delta. */
export function tool(index: number, call: { id?: string; name?: string; args?: string }): object {
  const { id, name, args } = call;
  return {
    index,
    ...(id === undefined ? {} : { id, type: "function" }),
    function: { ...defined({ name, arguments: args }) },
  };
}

/** A frame with pieces of tool calls. */
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

/** OGL's usage, with its own members, of a generation; the JSON is Python's, spaces and all. */
export function oglUsage(prompt: number, answer: number, ogl: PinnedVersion = "0.4.5"): string {
  return (
    `{"prompt_tokens": ${prompt}, "completion_tokens": ${answer}, "total_tokens": ${prompt + answer}, ` +
    `"cost": 9e-06, ${CARBON[ogl]}, "requests": 1}`
  );
}

/** The usage chunk that OGL puts before `[DONE]`, asked for or not (observed on 0.4.1: stream-plain). */
export function oglUsageFrame(prompt: number, answer: number, ogl?: PinnedVersion): string {
  return (
    `data: {"id": "${ID}", "object": "chat.completion.chunk", "created": ${CREATED}, "model": "ok", ` +
    `"choices": [], "usage": ${oglUsage(prompt, answer, ogl)}}\n\n`
  );
}

const PLAIN_USAGE = '{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5}';

/** A whole chat answer; `usage` is JSON text, since in OGL's lexemes like `9e-06` are part of it. */
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

/** An embeddings answer; vectors as JSON text. */
export function embeddingsBody(...vectors: readonly string[]): string {
  const data = vectors
    .map((vector, index) => `{"embedding":${vector},"index":${index},"object":"embedding"}`)
    .join(",");
  return `{"data":[${data}],"model":"embed","object":"list","usage":{"prompt_tokens":2,"completion_tokens":0,"total_tokens":2},"id":"embd-a1b2c3","created":${CREATED}}`;
}

/** A model as OGL lists it (observed on 0.4.1: models-list); `object` is its last member. */
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
