/** Parts of an exchange with an OpenAI-compatible server that carry a text. */
import {
  MODEL,
  USAGE,
  answered,
  asked,
  call,
  chat,
  chunkOf,
  completion,
  event,
  hello,
  json,
  logprobs,
  parts,
  prompt,
  streamed,
  unicode,
} from "./bodies.ts";
import type { Carrier } from "./carrier.ts";
import { ENCODED_CARRIERS } from "./encoded-carriers.ts";

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
        parts(text, random).map((part) => Buffer.from(`data: ${part.replaceAll(/\r?\n/g, "\ndata: ")}\n\n`)),
      ),
  },
];

/** All carriers. */
export const CARRIERS: readonly Carrier[] = [...REQUESTS, ...ANSWERS, ...ENCODED_CARRIERS];
