/**
 * A client of OGL by the book, written for these tests alone. It passes every scenario; with a mutation it differs by one
 * named behaviour.
 */
import type { ClientRun, Driver } from "../../src/suites/model/driver.ts";
import type { Outcome } from "../../src/suites/model/outcome.ts";
import { asClientError, call, isStream } from "./caller.ts";
import { ChatReader } from "./chat-reader.ts";
import { ClientError, bodyMessage, messageOf } from "./client-error.ts";
import type { Has, Mutation } from "./mutants.ts";
import { SseReader } from "./sse-reader.ts";

/** How long no event may come where the caller sets no limit. */
const DEFAULT_IDLE_MS = 60_000;

export function referenceDriver(mutation?: Mutation): Driver {
  const has: Has = (name) => name === mutation;
  return {
    client: { name: mutation ?? "reference", version: "1.0.0", language: "typescript" },
    operations: ["models.list", "models.get", "embeddings.create", "chat.create", "chat.stream"],
    capabilities: ["cancel", "timeout", "retries", "n", "tools", "streamOptions"],
    concurrency: 8,
    run: (run, signal) => answer(run, signal, has),
  };
}

function answer(run: ClientRun, signal: AbortSignal, has: Has): Promise<Outcome> {
  switch (run.operation) {
    case "chat.stream":
      return streamed(run, signal, has);
    case "chat.create":
      return guarded(() => created(run, signal, has));
    case "embeddings.create":
      return guarded(() => embedded(run, signal, has));
    case "models.list":
      return guarded(() => listed(run, signal, has));
    case "models.get":
      return guarded(() => gotten(run, signal, has));
  }
}

async function guarded(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    return { error: asClientError(error).outcome() };
  }
}

async function created(run: ClientRun, outer: AbortSignal, has: Has): Promise<Outcome> {
  const body = bodyOf(run, has);
  const after = run.control.cancelAfter;
  const own = new AbortController();
  const signal = has("never-cancels") ? own.signal : AbortSignal.any([outer, own.signal]);
  const timer = after !== undefined && "ms" in after ? setTimeout(() => own.abort(), after.ms) : undefined;
  try {
    const response = await call(run, { method: "POST", path: "/chat/completions", body }, signal, has);
    if (has("stream-is-an-empty-answer") && isStream(response)) return { final: { text: "" } };
    const text = await response.text();
    if (has("json-must-come-first") && !text.startsWith("{")) throw new ClientError("decode", "no JSON");
    if (has("no-exponents") && /\de-\d/.test(text)) throw new ClientError("decode", "no number");
    return { final: finalOf(JSON.parse(text), has) };
  } catch (error) {
    if (has("no-answer-is-an-empty-one") && asClientError(error).kind === "connection")
      return { final: { text: "" } };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

interface Completion {
  readonly choices?: readonly {
    readonly message: {
      readonly content?: string | null;
      readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[] | null;
    };
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: Record<string, unknown>;
  readonly service_tier?: unknown;
  readonly error?: unknown;
}

function finalOf(json: unknown, has: Has): NonNullable<Outcome["final"]> {
  const { choices, usage, error, service_tier: tier } = json as Completion;
  if (error && !has("success-is-never-an-error"))
    throw new ClientError("api", messageOf(json, has) ?? "the server sent an error");
  if (has("nulls-are-errors") && tier === null) throw new ClientError("decode", "service_tier is null");
  const choice = choices?.[0];
  const toolCalls = (choice?.message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
    id,
    name,
    arguments: args,
  }));
  return {
    text: choice?.message.content ?? "",
    toolCalls,
    finishReason: choice?.finish_reason ?? null,
    usage: usage ?? null,
  };
}

function bodyOf({ params }: ClientRun, has: Has): object {
  if (!has("auto-left-out") || params["tool_choice"] !== "auto") return params;
  const { tool_choice: _, ...rest } = params;
  return rest;
}

async function streamed(run: ClientRun, outer: AbortSignal, has: Has): Promise<Outcome> {
  const chat = new ChatReader(has, run.params);
  const stop = new AbortController();
  const idle = run.control.timeoutMs ?? DEFAULT_IDLE_MS;
  const after = run.control.cancelAfter;
  const give = (ms: number, kind: "timeout" | "abort"): NodeJS.Timeout =>
    setTimeout(() => stop.abort(new ClientError(kind, `gave up after ${ms} ms`)), ms);
  let timer = has("no-idle-timeout") ? undefined : give(idle, "timeout");
  const total =
    after !== undefined && "ms" in after && !has("never-cancels") ? give(after.ms, "abort") : undefined;
  const alive = (): void => {
    if (timer === undefined || has("limit-is-total")) return;
    clearTimeout(timer);
    timer = give(idle, "timeout");
  };
  const own = AbortSignal.any([outer, stop.signal]);
  try {
    const events = after !== undefined && "events" in after ? after.events : Infinity;
    await read(run, chat, own, has, alive, events);
    return { final: chat.final(), events: chat.events };
  } catch (error) {
    const reason = stop.signal.aborted ? stop.signal.reason : error;
    return { final: chat.final(), events: chat.events, error: asClientError(reason).outcome() };
  } finally {
    clearTimeout(timer);
    clearTimeout(total);
  }
}

async function read(
  run: ClientRun,
  chat: ChatReader,
  signal: AbortSignal,
  has: Has,
  alive: () => void,
  maxEvents: number,
): Promise<void> {
  const request = { method: "POST", path: "/chat/completions", body: { ...bodyOf(run, has), stream: true } };
  for (let again = has("replayed-after-a-cut") ? 1 : 0; ; again--) {
    const response = await call(run, request, signal, has);
    if (!isStream(response) && !has("type-before-status")) {
      if (has("json-is-an-empty-stream")) return;
      const { text } = finalOf(await response.json(), has);
      chat.take({
        type: "",
        data: JSON.stringify({ choices: [{ delta: { content: text }, finish_reason: "stop" }] }),
      });
      return;
    }
    const framed = response.headers.has("content-length") || response.headers.has("transfer-encoding");
    if (!framed && has("framing-required"))
      throw new ClientError("decode", "a body without length or chunks");
    try {
      await readBody(response, chat, has, alive, maxEvents);
      return;
    } catch (error) {
      if (again <= 0 || asClientError(error).kind !== "connection") throw error;
    }
  }
}

async function readBody(
  response: Response,
  chat: ChatReader,
  has: Has,
  alive: () => void,
  maxEvents: number,
): Promise<void> {
  const charset = /charset=([\w-]+)/i.exec(response.headers.get("content-type") ?? "")?.[1] ?? "utf-8";
  const sse = new SseReader(has, has("charset-believed") ? charset : "utf-8", (event) => {
    alive();
    chat.take(event);
  });
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (has("any-byte-is-alive")) alive();
      sse.push(value);
      if (chat.events >= maxEvents) {
        if (has("never-closes")) keepReading(reader);
        return;
      }
      if (!chat.done) continue;
      if (has("done-must-be-the-end")) await mustEnd(reader);
      if (has("reason-required") && !chat.finished) throw new ClientError("incomplete", "no finish reason");
      if (!has("waits-for-the-end") && !has("reads-after-done")) return;
    }
    ended(chat, sse.end(), has);
  } finally {
    if (!has("never-closes")) await reader.cancel().catch(() => {});
  }
}

/** For a client that takes what does not end with [DONE] for broken. */
async function mustEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), 300);
  const next = await Promise.race([reader.read(), late]);
  clearTimeout(timer);
  if (next?.done !== true) throw new ClientError("decode", "the body goes on after [DONE]");
}

/** Nobody wants the rest any more, but it is read all the same. */
function keepReading(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  reader
    .read()
    .then(({ done }) => (done ? undefined : keepReading(reader)))
    .catch(() => {});
}

function ended(chat: ChatReader, left: string, has: Has): void {
  if (chat.done || has("eof-is-done")) return;
  if (left !== "")
    throw new ClientError("incomplete", `the stream ended in the middle: ${bodyMessage(left, has)}`);
  if (!chat.complete) throw new ClientError("incomplete", "the stream ended before the answer did");
}

interface EmbeddingList {
  readonly data: readonly { readonly embedding: readonly number[] | string; readonly index: number }[];
}

async function embedded(run: ClientRun, signal: AbortSignal, has: Has): Promise<Outcome> {
  const body = {
    ...run.params,
    ...(has("base64-asked") || has("base64-not-decoded") ? { encoding_format: "base64" } : {}),
  };
  const response = await call(run, { method: "POST", path: "/embeddings", body }, signal, has);
  const { data } = (await response.json()) as EmbeddingList;
  const sorted = has("order-as-sent") ? data : data.toSorted((a, b) => a.index - b.index);
  return { embeddings: sorted.map(({ embedding }) => vectorOf(embedding, has)) };
}

function vectorOf(embedding: readonly number[] | string, has: Has): readonly number[] {
  if (typeof embedding !== "string") {
    if (!has("floats-read-as-base64")) return embedding;
    return [...new Float32Array(Buffer.from(String(embedding), "base64").buffer.slice(0, 16))];
  }
  if (has("base64-not-decoded")) return [];
  const bytes = Uint8Array.from(Buffer.from(embedding, "base64"));
  return [...new Float32Array(bytes.buffer)];
}

async function listed(run: ClientRun, signal: AbortSignal, has: Has): Promise<Outcome> {
  const response = await call(run, { method: "GET", path: "/models" }, signal, has);
  const { data } = (await response.json()) as { data: ListedModel[] };
  for (const model of data) checkModel(model, has);
  return { models: data.flatMap(({ id, aliases }) => [id, ...(has("aliases-are-models") ? aliases : [])]) };
}

interface ListedModel {
  readonly id: string;
  readonly created: number | null;
  readonly owned_by: string | null;
  readonly type: string;
  readonly costs: object | null;
  readonly aliases: readonly string[];
  readonly ports?: unknown;
}

/** For clients that are strict with one member. */
function checkModel({ created: at, owned_by: owner, type, costs, ports }: ListedModel, has: Has): void {
  if (has("created-is-a-number") && at === null) throw new ClientError("decode", "created is null");
  if (has("owner-required") && owner === null) throw new ClientError("decode", "owned_by is null");
  if (has("types-are-closed") && type !== "text-generation")
    throw new ClientError("decode", `unknown type ${type}`);
  if (has("costs-required") && costs === null) throw new ClientError("decode", "costs is null");
  if (has("model-members-are-closed") && ports !== undefined)
    throw new ClientError("decode", "unknown member ports");
}

async function gotten(run: ClientRun, signal: AbortSignal, has: Has): Promise<Outcome> {
  const id = String(run.params["model"]);
  if (id.split("/").includes("..") && !has("ids-unescaped"))
    throw new ClientError("other", "no such id can be");
  const path = `/models/${has("ids-unescaped") ? id : encodeURIComponent(id)}`;
  const response = await call(run, { method: "GET", path }, signal, has);
  const model = (await response.json()) as Record<string, unknown>;
  if (has("id-must-match") && model["id"] !== id) throw new ClientError("decode", "another model came");
  return { model };
}
