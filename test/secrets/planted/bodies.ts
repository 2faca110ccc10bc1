/** Bodies and exchanges of an OpenAI-compatible server, of which places are made. */
import type { Random } from "../../support/random.ts";
import type { Exchange, Headers } from "./exchange.ts";

/** Headers of a JSON body. */
export const JSON_TYPE: Headers = [["Content-Type", "application/json"]];
/** Headers of a stream. */
export const STREAM: Headers = [["content-type", "text/event-stream; charset=utf-8"]];
/** Model that is asked. */
export const MODEL = "qwen3-coder";

/** JSON as bytes. */
export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
/** Usage of an answer. */
export const USAGE: object = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21, requests: 1 };

/** A chat completion. */
export const completion = (message: object, more: object = {}): object => ({
  id: "chatcmpl-5f0c1d2e3a4b",
  object: "chat.completion",
  created: 1760000000,
  model: MODEL,
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...more }],
  usage: USAGE,
});
/** An event of a streamed chat completion. */
export const chunkOf = (delta: object, more: object = {}): Buffer =>
  event({
    id: "chatcmpl-5f0c1d2e3a4b",
    object: "chat.completion.chunk",
    created: 1760000000,
    model: MODEL,
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
/** An event with this JSON as its data. */
export const event = (value: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
/** The last event of a stream. */
export const DONE: Buffer = Buffer.from("data: [DONE]\n\n");

/** A chat request without a secret. */
export const hello = (stream = false): object => ({
  model: MODEL,
  messages: [{ role: "user", content: "hi" }],
  ...(stream ? { stream: true } : {}),
});

/** A chat exchange without a secret; `more` replaces what it names. */
export function chat(more: Partial<Exchange> = {}): Exchange {
  return {
    method: "POST",
    target: "/v1/chat/completions",
    requestHeaders: JSON_TYPE,
    requestBody: json(hello()),
    status: 200,
    responseHeaders: [["content-type", "application/json"]],
    writes: [json(completion({ content: "Hello" }))],
    ...more,
  };
}

/** A chat that asks this. */
export const asked = (body: object, more: Partial<Exchange> = {}): Exchange =>
  chat({ requestBody: json(body), ...more });
/** A chat that is answered so. */
export const answered = (body: unknown, more: Partial<Exchange> = {}): Exchange =>
  chat({ writes: [json(body)], ...more });
/** A chat that is answered by these events. */
export const streamed = (writes: readonly Buffer[]): Exchange =>
  chat({ requestBody: json(hello(true)), responseHeaders: STREAM, writes: [...writes, DONE] });

/** A text cut at random into parts of 1 to `most` letters, as tokens are. */
export function parts(text: string, random: Random, most = 6): string[] {
  const letters = [...text];
  const result: string[] = [];
  for (let at = 0; at < letters.length;) {
    const size = 1 + random.below(most);
    result.push(letters.slice(at, at + size).join(""));
    at += size;
  }
  return result;
}

const logprob = (token: string): object => ({ token, logprob: -0.12, bytes: [...Buffer.from(token)] });
/** Log probabilities of tokens, as an answer has them. */
export const logprobs = (tokens: readonly string[]): object => ({
  content: tokens.map((token) => ({ ...logprob(token), top_logprobs: [logprob(token)] })),
  refusal: null,
});

/** A chat request with one message. */
export const prompt = (content: unknown, role = "user"): object => ({
  model: MODEL,
  messages: [{ role, content }],
});
/** A call of a tool with these arguments. */
export const call = (text: string): object => ({
  id: "call_1",
  type: "function",
  function: { name: "run", arguments: text },
});
/** A text broken into lines of a width. */
export const wrapped = (text: string, width: number): string =>
  (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");

/** Each letter as a JSON escape. */
export const unicode = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");

const BOUNDARY = "----planted7f3a";

/** A multipart body of one part. */
export function multipart(disposition: string, type: string | undefined, content: Buffer): Exchange {
  const lines = [
    `--${BOUNDARY}`,
    'Content-Disposition: form-data; name="purpose"',
    "",
    "assistants",
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; ${disposition}`,
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    "",
    "",
  ];
  const body = Buffer.concat([
    Buffer.from(lines.join("\r\n")),
    content,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
  return answered(
    { id: 7 },
    {
      target: "/v1/documents",
      requestHeaders: [["Content-Type", `multipart/form-data; boundary=${BOUNDARY}`]],
      requestBody: body,
      status: 201,
    },
  );
}
