import { decodeSse, headerValue, mediaType, sseEvents, writesOf } from "../../http/index.ts";
import { defined, isObject, jsonValue } from "../../util/index.ts";
import { type RunTrace, type ToolCall, expectedExchanges } from "../model/index.ts";

/** Parts of an answer that the server sent. */
export interface SentAnswer {
  readonly status: number;
  /** Text of the first choice; `""` if it has none. */
  readonly text: string;
  /** Tool calls of the first choice. */
  readonly toolCalls: readonly ToolCall[];
  /** The last one of the first choice. */
  readonly finishReason?: string;
  /** The last one. */
  readonly usage?: Readonly<Record<string, unknown>>;
  /** Vectors of embeddings, in the order of their indexes. */
  readonly vectors: readonly (readonly number[])[];
  /** Ids of the listed models. */
  readonly models: readonly string[];
  /** Id of the one model. */
  readonly model?: string;
  /** Message of an error: OGL's `detail`, or OpenAI's `error.message`. */
  readonly message?: string;
}

type Members = Readonly<Record<string, unknown>>;

const NOTHING: SentAnswer = { status: 0, text: "", toolCalls: [], vectors: [], models: [] };

/** Reads the answer to the last request of the called operation: a completion, its chunks, vectors, models or an error. */
export function sentAnswer(trace: RunTrace): SentAnswer {
  const script = expectedExchanges(trace).at(-1)?.answer.script;
  if (script === undefined || script.head === null) return NOTHING;
  const bytes = Buffer.concat([...writesOf(script.ops, 1)]);
  const { status, headers } = script.head;
  const parts =
    mediaType(headerValue(headers, "content-type")) === "text/event-stream"
      ? chunksIn(bytes)
      : [jsonValue(bytes.toString("utf8"))];
  return { ...partsRead(parts.filter(isObject)), status };
}

function chunksIn(bytes: Uint8Array): unknown[] {
  const data = sseEvents(decodeSse(bytes)).map((event) => event.data);
  const done = data.indexOf("[DONE]");
  return (done === -1 ? data : data.slice(0, done)).map(jsonValue);
}

function partsRead(objects: readonly Members[]): SentAnswer {
  const choices = objects.flatMap(firstChoice);
  const deltas = choices.flatMap(({ delta, message }) => [delta, message].filter(isObject));
  const [first = {}] = objects;
  return {
    status: 0,
    text: deltas.flatMap(({ content }) => (typeof content === "string" ? [content] : [])).join(""),
    toolCalls: toolCallsIn(deltas),
    vectors: vectorsIn(first),
    models: objectsIn(first["object"] === "list" ? first["data"] : []).flatMap(({ id }) => textOrNone(id)),
    ...defined({
      finishReason: choices.flatMap(({ finish_reason }) => textOrNone(finish_reason)).at(-1),
      usage: objects.map(({ usage }) => usage).findLast(isObject),
      model: first["object"] === "model" ? textOrNone(first["id"])[0] : undefined,
      message: objects.map(messageIn).find((one) => one !== undefined),
    }),
  };
}

/** The first choice of a completion or chunk, if it has one. */
function firstChoice({ choices }: Members): Members[] {
  return objectsIn(choices)
    .filter(({ index }) => (index ?? 0) === 0)
    .slice(0, 1);
}

/** Tool calls of deltas by their index, or of a message in their order. */
function toolCallsIn(deltas: readonly Members[]): ToolCall[] {
  const calls = new Map<unknown, { id?: string; name?: string; arguments: string }>();
  for (const { tool_calls } of deltas)
    for (const [nth, { index = nth, id, function: called }] of objectsIn(tool_calls).entries()) {
      const call = calls.get(index) ?? { arguments: "" };
      const { name, arguments: args } = isObject(called) ? called : {};
      calls.set(index, {
        ...call,
        ...defined({ id: textOrNone(id)[0], name: textOrNone(name)[0] }),
        arguments: call.arguments + (typeof args === "string" ? args : ""),
      });
    }
  return [...calls.values()];
}

function vectorsIn({ data }: Members): number[][] {
  return objectsIn(data)
    .toSorted((a, b) => Number(a["index"]) - Number(b["index"]))
    .flatMap(({ embedding }) => sentVector(embedding));
}

/** A vector of numbers, or of base64 of little-endian 32-bit floats. */
function sentVector(embedding: unknown): number[][] {
  if (Array.isArray(embedding)) return [embedding.map(Number)];
  if (typeof embedding !== "string") return [];
  const bytes = Buffer.from(embedding, "base64");
  return [Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readFloatLE(4 * i))];
}

function messageIn({ detail, error }: Members): string | undefined {
  if (typeof detail === "string") return detail;
  const [first] = objectsIn(detail);
  if (first !== undefined) return textOrNone(first["msg"])[0];
  return isObject(error) ? textOrNone(error["message"])[0] : textOrNone(error)[0];
}

const objectsIn = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isObject) : []);
const textOrNone = (value: unknown): string[] => (typeof value === "string" && value !== "" ? [value] : []);
