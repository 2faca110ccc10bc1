/** Parts of an exchange with an OpenAI-compatible server that carry a text. */
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Random } from "../../support/random.ts";
import type { Exchange, Headers } from "./exchange.ts";
import { zip } from "./zip.ts";

export interface Carrier {
  readonly id: string;
  /** Whether the text arrives in parts. */
  readonly cut?: boolean;
  plant(text: string, random: Random): Exchange;
}

const JSON_TYPE: Headers = [["Content-Type", "application/json"]];
const STREAM: Headers = [["content-type", "text/event-stream; charset=utf-8"]];
const MODEL = "qwen3-coder";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const USAGE = { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21, requests: 1 };

const completion = (message: object, more: object = {}): object => ({
  id: "chatcmpl-5f0c1d2e3a4b",
  object: "chat.completion",
  created: 1760000000,
  model: MODEL,
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop", ...more }],
  usage: USAGE,
});
const chunkOf = (delta: object, more: object = {}): Buffer =>
  event({
    id: "chatcmpl-5f0c1d2e3a4b",
    object: "chat.completion.chunk",
    created: 1760000000,
    model: MODEL,
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  });
const event = (value: unknown): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`);
const DONE = Buffer.from("data: [DONE]\n\n");

const hello = (stream = false): object => ({
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

export const asked = (body: object, more: Partial<Exchange> = {}): Exchange =>
  chat({ requestBody: json(body), ...more });
export const answered = (body: unknown, more: Partial<Exchange> = {}): Exchange =>
  chat({ writes: [json(body)], ...more });
const streamed = (writes: readonly Buffer[]): Exchange =>
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
const logprobs = (tokens: readonly string[]): object => ({
  content: tokens.map((token) => ({ ...logprob(token), top_logprobs: [logprob(token)] })),
  refusal: null,
});

const prompt = (content: unknown, role = "user"): object => ({ model: MODEL, messages: [{ role, content }] });
const call = (text: string): object => ({
  id: "call_1",
  type: "function",
  function: { name: "run", arguments: text },
});
const wrapped = (text: string, width: number): string =>
  (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n");

const REQUESTS: readonly Carrier[] = [
  { id: "prompt", plant: (text) => asked(prompt(text)) },
  { id: "system prompt", plant: (text) => asked(prompt(text, "system")) },
  { id: "content parts", plant: (text) => asked(prompt([{ type: "text", text }])) },
  {
    id: "tool message",
    plant: (text) =>
      asked({ model: MODEL, messages: [{ role: "tool", tool_call_id: "call_1", content: text }] }),
  },
  {
    id: "arguments in the history",
    plant: (text) =>
      asked({
        model: MODEL,
        messages: [
          {
            role: "assistant",
            content: null,
            tool_calls: [call(JSON.stringify({ command: text, timeout: 5 }))],
          },
        ],
      }),
  },
  {
    id: "tool description",
    plant: (text) =>
      asked({ ...hello(), tools: [{ type: "function", function: { name: "run", description: text } }] }),
  },
  {
    id: "embedding input",
    plant: (text) =>
      asked(
        { model: "nomic-embed-text", input: ["hello", text] },
        {
          target: "/v1/embeddings",
          writes: [
            json({
              data: [{ embedding: [0.25, -0.5], index: 0, object: "embedding" }],
              model: "m",
              object: "list",
              usage: USAGE,
            }),
          ],
        },
      ),
  },
  {
    id: "prompt, escaped",
    plant: (text) =>
      chat({
        requestBody: Buffer.from(
          `{"model":"${MODEL}","messages":[{"role":"user","content":"${unicode(text)}"}]}`,
        ),
      }),
  },
];

/** Each letter as a JSON escape. */
export const unicode = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");

const ANSWERS: readonly Carrier[] = [
  { id: "answer", plant: (text) => answered(completion({ content: text })) },
  { id: "reasoning", plant: (text) => answered(completion({ content: "ok", reasoning_content: text })) },
  {
    id: "answer's arguments",
    plant: (text) =>
      answered(completion({ content: null, tool_calls: [call(JSON.stringify({ input: text }))] })),
  },
  {
    id: "answer with logprobs",
    cut: true,
    plant: (text, random) =>
      answered(completion({ content: text }, { logprobs: logprobs(parts(text, random)) })),
  },
  {
    id: "streamed content",
    cut: true,
    plant: (text, random) => streamed(parts(text, random).map((content) => chunkOf({ content }))),
  },
  {
    id: "streamed content, by letter",
    cut: true,
    plant: (text) => streamed([...text].map((content) => chunkOf({ content }))),
  },
  {
    id: "streamed reasoning",
    cut: true,
    plant: (text, random) =>
      streamed(parts(text, random).map((part) => chunkOf({ reasoning_content: part }))),
  },
  {
    id: "streamed arguments",
    cut: true,
    plant: (text, random) =>
      streamed(
        parts(JSON.stringify({ command: text }), random).map((part, i) =>
          chunkOf({
            tool_calls: [i === 0 ? { index: 0, ...call(part) } : { index: 0, function: { arguments: part } }],
          }),
        ),
      ),
  },
  {
    id: "streamed logprobs",
    cut: true,
    plant: (text, random) =>
      streamed(parts(text, random).map((content) => chunkOf({ content }, { logprobs: logprobs([content]) }))),
  },
  {
    id: "two interleaved choices",
    cut: true,
    plant: (text, random) =>
      streamed(
        parts(text, random).flatMap((content) => [
          chunkOf({ content }),
          event({
            id: "x",
            object: "chat.completion.chunk",
            choices: [{ index: 1, delta: { content: "na " } }],
          }),
        ]),
      ),
  },
  {
    id: "error detail",
    plant: (text) => answered({ detail: text }, { status: 401 }),
  },
  {
    id: "error of an upstream",
    plant: (text) =>
      answered(
        { error: { message: text, type: "invalid_request_error", param: null, code: "invalid_api_key" } },
        { status: 400 },
      ),
  },
  {
    id: "422 input",
    plant: (text) =>
      answered(
        {
          detail: [
            {
              type: "string_type",
              loc: ["body", "model"],
              msg: "Input should be a valid string",
              input: { text },
            },
          ],
        },
        { status: 422 },
      ),
  },
  {
    id: "text page",
    plant: (text) =>
      chat({
        status: 502,
        responseHeaders: [["content-type", "text/plain; charset=utf-8"]],
        writes: [Buffer.from(`Bad Gateway\n${text}\n`)],
      }),
  },
  {
    id: "HTML page",
    plant: (text) =>
      chat({
        status: 500,
        responseHeaders: [["content-type", "text/html"]],
        writes: [Buffer.from(`<html><body><pre>\n${text}\n</pre></body></html>`)],
      }),
  },
  {
    id: "error in a stream",
    plant: (text) => streamed([chunkOf({ content: "He" }), event({ error: { message: text, code: 500 } })]),
  },
  {
    id: "plain-text stream",
    cut: true,
    plant: (text, random) =>
      streamed(
        parts(text.replaceAll(/[\r\n]+/g, " "), random).map((part) => Buffer.from(`data: ${part}\n\n`)),
      ),
  },
];

const ENCODED: readonly Carrier[] = [
  {
    id: "base64 member",
    plant: (text) =>
      asked({
        ...hello(),
        attachment: { type: "text/plain", data_base64: Buffer.from(text).toString("base64") },
      }),
  },
  {
    id: "base64 in b64_json",
    plant: (text) =>
      answered({ created: 1760000000, data: [{ b64_json: Buffer.from(text).toString("base64") }] }),
  },
  {
    id: "base64 in prose",
    plant: (text) => asked(prompt(`Decode this: ${Buffer.from(text).toString("base64")}`)),
  },
  {
    id: "base64 with line breaks",
    plant: (text) => asked(prompt(`Decode:\n${wrapped(Buffer.from(text).toString("base64"), 64)}\n`)),
  },
  {
    id: "data URL",
    plant: (text) =>
      asked(
        prompt([
          {
            type: "image_url",
            image_url: { url: `data:text/plain;base64,${Buffer.from(text).toString("base64")}` },
          },
        ]),
      ),
  },
];

const encoded = (encoding: string, pack: (bytes: Buffer) => Buffer, said: boolean): readonly Carrier[] => [
  {
    id: `${encoding} answer${said ? "" : ", unsaid"}`,
    plant: (text) =>
      chat({
        responseHeaders: said
          ? [
              ["content-type", "application/json"],
              ["content-encoding", encoding],
            ]
          : [["content-type", "application/octet-stream"]],
        writes: [pack(json(completion({ content: text })))],
      }),
  },
  {
    id: `${encoding} request${said ? "" : ", unsaid"}`,
    plant: (text) =>
      chat({
        requestHeaders: said
          ? [...JSON_TYPE, ["Content-Encoding", encoding]]
          : [["Content-Type", "application/octet-stream"]],
        requestBody: pack(json(prompt(text))),
      }),
  },
];

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

const FILES: readonly Carrier[] = [
  {
    id: "text file in multipart",
    plant: (text) => multipart('name="file"; filename="notes.txt"', "text/plain", Buffer.from(text)),
  },
  {
    id: "zip in multipart",
    plant: (text) =>
      multipart('name="file"; filename="notes.zip"', "application/zip", zip("notes.txt", Buffer.from(text))),
  },
  {
    id: "gzip in multipart",
    plant: (text) =>
      multipart('name="file"; filename="notes.gz"', "application/gzip", gzipSync(Buffer.from(text))),
  },
  {
    id: "multipart field of text",
    plant: (text) => multipart('name="prompt"', undefined, Buffer.from(text)),
  },
];

/** All carriers. Those of one group are drawn less often, so that none fills the samples. */
export const CARRIERS: readonly Carrier[] = [
  ...REQUESTS,
  ...ANSWERS,
  ...ENCODED,
  ...FILES,
  ...encoded("gzip", gzipSync, true),
  ...encoded("br", brotliCompressSync, true),
  ...encoded("deflate", deflateSync, true),
  ...encoded("zstd", zstdCompressSync, true),
  ...encoded("gzip", gzipSync, false),
  ...encoded("zstd", zstdCompressSync, false),
];
