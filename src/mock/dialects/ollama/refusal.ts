import type { Answer } from "../../../exchange/index.ts";
import type { Header } from "../../../http/index.ts";
import { goJson, goResponse } from "../base/index.ts";

export const JSON_TYPE = "application/json; charset=utf-8";

/** An answer in JSON, as gin prints it. */
export function ginJson(status: number, body: unknown, how: string): Answer {
  const script = goResponse(status, JSON_TYPE, goJson(body));
  return { script, by: { kind: "synthesizer", how: `ollama: ${how}` } };
}

/** A refusal in Ollama's envelope. */
export function ollamaError(status: number, error: string): Answer {
  return ginJson(status, { error }, `${status}`);
}

/** A refusal of Ollama's router, in plain text. */
export function routing(status: 404 | 405, headers: readonly Header[] = []): Answer {
  const text = status === 404 ? "404 page not found" : "405 method not allowed";
  const { head, ...script } = goResponse(status, "text/plain", text);
  if (head === null) throw new Error("a response has a head");
  return {
    script: { ...script, head: { ...head, headers: [...headers, ...head.headers] } },
    by: { kind: "synthesizer", how: `ollama: ${status}` },
  };
}
