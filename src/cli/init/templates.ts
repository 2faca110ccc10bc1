import { printCassette } from "../../cassette/index.ts";
import type { OglVersion } from "../../spec/index.ts";

/** The names of the files that `init` writes, relative to the project. */
export const CONFIG_FILE = "gatetape.config.mts";
export const CASSETTE_FILE = "cassettes/hello.cassette.json";

/** The import is of a type only, so that Node loads the file where gatetape is not installed and only run by npx. */
export function configTemplate(ogl: OglVersion): string {
  return `// The configuration of gatetape. A flag of the command line wins over it; all members: docs/config.md of gatetape.
export default {
  mock: {
    port: 4010,
    ogl: "${ogl}",
    // Yours, and the library that comes with gatetape.
    cassettes: ["./cassettes", "bundled"],
    // speed: "instant",   // no waits, same bytes
    // policy: "observe",  // let requests pass that the OpenAPI forbids
  },
} satisfies import("gatetape").Config;
`;
}

const ANSWER = "Bonjour !";

/** A chat, as one answer and as a stream. It matches whatever else the request says (`subset`). */
export function cassetteTemplate(ogl: OglVersion): string {
  const messages = [{ role: "user", content: "Hello from my project" }];
  const about = { id: "chatcmpl-hello", created: 1_760_000_000, model: "qwen3-coder" };
  const usage = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...about,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const request = (stream: boolean): object => ({
    method: "POST",
    target: "/v1/chat/completions",
    headers: [["content-type", "application/json"]],
    json: { model: about.model, messages, ...(stream ? { stream: true } : {}) },
  });
  return printCassette({
    $schema: "https://gatetape.dev/schemas/cassette-1.json",
    cassette: 1,
    about: { title: "hello", origin: "written", ogl },
    interactions: [
      {
        name: "one answer",
        request: request(false),
        match: { body: "subset" },
        response: {
          wait: 20,
          status: 200,
          framing: "length",
          headers: [
            ["date", null],
            ["server", "uvicorn"],
            ["content-length", null],
            ["content-type", "application/json"],
          ],
          body: [
            {
              wait: 0,
              json: {
                ...about,
                object: "chat.completion",
                choices: [
                  { index: 0, message: { role: "assistant", content: ANSWER }, finish_reason: "stop" },
                ],
                usage,
              },
            },
          ],
          end: { how: "complete" },
        },
      },
      {
        name: "a stream",
        request: request(true),
        match: { body: "subset" },
        response: {
          wait: 20,
          status: 200,
          framing: "chunked",
          headers: [
            ["date", null],
            ["server", "uvicorn"],
            ["content-type", "text/event-stream; charset=utf-8"],
            ["Transfer-Encoding", null],
          ],
          body: [
            { wait: 0, sse: chunk({ role: "assistant", content: "Bonjour" }) },
            { wait: 20, sse: chunk({ content: " !" }) },
            { wait: 20, sse: chunk({}, "stop") },
            { wait: 0, sse: "[DONE]" },
          ],
          end: { how: "complete" },
        },
      },
    ],
  } as Parameters<typeof printCassette>[0]);
}
