import { EVENT_STREAM_TYPE, STREAM_HEADERS, lengthHeaders } from "../../asgi/index.ts";
import { type BodyElement, type Cassette, printCassette } from "../../cassette/index.ts";
import type { OglVersion } from "../../openapi/index.ts";

const MODEL = "qwen3-coder";
const MESSAGES = [{ role: "user", content: "Hello from my project" }];
const ABOUT = { id: "chatcmpl-hello", created: 1_760_000_000, model: MODEL };

/** Body of a request that the first cassette answers. */
export const HELLO_REQUEST: object = { model: MODEL, messages: MESSAGES };

/** Prints a first cassette: one chat, as an answer and as a stream, for any request with that question. */
export function firstCassette(ogl: OglVersion): string {
  const choice = { index: 0, message: { role: "assistant", content: "Bonjour !" }, finish_reason: "stop" };
  const answer = {
    ...ABOUT,
    object: "chat.completion",
    choices: [choice],
    usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
  };
  const events = [
    chunk({ role: "assistant", content: "Bonjour" }),
    chunk({ content: " !" }),
    chunk({}, "stop"),
    "[DONE]",
  ];
  return printCassette({
    cassette: 1,
    about: { title: "hello", origin: "written", ogl },
    interactions: [
      interaction("one answer", {}, "application/json", [{ wait: 0, json: answer }]),
      interaction(
        "a stream",
        { stream: true },
        EVENT_STREAM_TYPE,
        events.map((sse, i) => ({ wait: i === 0 ? 0 : 20, sse })),
      ),
    ],
  });
}

function chunk(delta: object, reason: string | null = null): object {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return { ...ABOUT, object: "chat.completion.chunk", choices };
}

function interaction(
  name: string,
  requested: object,
  type: string,
  body: readonly BodyElement[],
): Cassette["interactions"][number] {
  const stream = type === EVENT_STREAM_TYPE;
  return {
    name,
    request: {
      method: "POST",
      target: "/v1/chat/completions",
      headers: [["content-type", "application/json"]],
      json: { ...HELLO_REQUEST, ...requested },
    },
    match: { body: "subset" },
    response: {
      wait: 20,
      status: 200,
      framing: stream ? "chunked" : "length",
      headers: stream ? STREAM_HEADERS : lengthHeaders(type),
      body,
      end: { how: "complete" },
    },
  };
}
