import { rawRequest } from "../test/support/raw-request.ts";
import type { BaselineAnswer } from "./baseline-server.ts";
import { type Task, wireBytes } from "./expected.ts";
import type { ServerProcess } from "./processes.ts";

/** Requests of one kind, whose answers the mock makes up or finds in its state. */
export interface Asked {
  readonly id: string;
  readonly title: string;
  readonly method: "GET" | "POST";
  readonly target: string;
  /** The body of the nth request; all of one length. */
  readonly body?: (n: number) => unknown;
  readonly stream?: boolean;
}

/** Different requests, so that what is remembered of one does not answer the next. */
const REQUESTS = 1000;
const TIMEOUT_MS = 60_000;
const CHAT = "/v1/chat/completions";

export const SYNTHESIZED: readonly Asked[] = [
  { id: "chat", title: "chat", method: "POST", target: CHAT, body: (n) => chat(n, {}) },
  {
    id: "stream",
    title: "stream",
    method: "POST",
    target: CHAT,
    stream: true,
    body: (n) => chat(n, { stream: true }),
  },
  {
    id: "vectors",
    title: "64 vectors",
    method: "POST",
    target: "/v1/embeddings",
    body: (n) => ({
      model: "nomic-embed-text",
      input: Array.from({ length: 64 }, (_, i) => `passage ${padded(n)}: sentence ${i}`),
    }),
  },
  {
    id: "schema",
    title: "JSON of a schema",
    method: "POST",
    target: CHAT,
    body: (n) =>
      chat(n, {
        response_format: { type: "json_schema", json_schema: { name: "trip", schema: TRIP, strict: true } },
      }),
  },
];

/** Reads from a state of many documents. */
export const STATE_READS: readonly Asked[] = [
  { id: "documents.get", title: "one of its documents", method: "GET", target: "/v1/documents/5000" },
  { id: "documents.list", title: "ten of its documents", method: "GET", target: "/v1/documents?limit=10" },
];

const TRIP = {
  type: "object",
  additionalProperties: false,
  required: ["from", "to", "stops", "price", "direct"],
  properties: {
    from: { type: "string" },
    to: { type: "string" },
    price: { type: "number" },
    direct: { type: "boolean" },
    stops: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["town", "minutes"],
        properties: { town: { type: "string" }, minutes: { type: "integer" } },
      },
    },
  },
};

function chat(n: number, more: object): unknown {
  const content = `Tell me about the trains of town ${padded(n)}, please.`;
  return { model: "qwen3-coder", messages: [{ role: "user", content }], ...more };
}

function padded(n: number): string {
  return String(n).padStart(4, "0");
}

/** The task for the mock, and a prepared answer of the same bytes as its first one, for plain node:http. */
export async function capture(
  { id, title, method, target, body, stream = false }: Asked,
  server: ServerProcess,
  key?: string,
): Promise<{ readonly task: Task; readonly answer: BaselineAnswer }> {
  const bodies = body === undefined ? [undefined] : Array.from({ length: REQUESTS }, (_, n) => body(n));
  const requests = bodies.map((json) => wireBytes(method, target, json, key));
  const [bytes = Buffer.alloc(0)] = requests;
  const got = await rawRequest({
    host: "127.0.0.1",
    port: server.port,
    bytes,
    method,
    timeoutMs: TIMEOUT_MS,
  });
  if (!got.complete || got.status !== 200)
    throw new Error(`${title}: the first answer is ${got.startLine || got.connection}`);
  const writes = got.reads.map((read) => Buffer.from(read.bytes).toString());
  const type = stream ? "text/event-stream; charset=utf-8" : "application/json";
  const joined = writes.join("");
  const length = bodies[0] === undefined ? 0 : Buffer.byteLength(JSON.stringify(bodies[0]));
  const answer: BaselineAnswer = {
    method,
    target,
    length,
    headers: [
      "server",
      "uvicorn",
      ...(stream ? [] : ["content-length", String(Buffer.byteLength(joined))]),
      "content-type",
      type,
    ],
    writes: stream ? writes : [joined],
  };
  const expected = { method, writes: undefined, stream, statuses: [200] };
  return { task: { id, title, requests, expected }, answer };
}
