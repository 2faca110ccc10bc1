/**
 * Answers without what a model says: texts, numbers and ids are masked, and equal blocks of a stream count once. What is left is
 * how an answer goes on and how it ends. Uses nothing of gatetape's own.
 */
import { parseResponse } from "./captures.ts";

/** Status line, headers and masked blocks of a response. */
export function collapsed(bytes: Buffer): {
  readonly head: readonly string[];
  readonly body: readonly string[];
} {
  const { statusLine, headers, body } = parseResponse(bytes);
  const fixed = headers.map((header) => header.replace(/^(date|content-length): .*/i, "$1"));
  const blocks = body.toString("utf8").split("\n\n").map(masked);
  return {
    head: [statusLine, ...fixed],
    body: [...new Set(blocks)],
  };
}

function masked(block: string): string {
  return block
    .replaceAll(/"(chatcmpl|request|chatcmpl-tool)-[\w-]+"/g, '"$1-ID"')
    .replaceAll(/("(?:content|arguments|reasoning_content)": ?)"(?:[^"\\]|\\.)+"/g, '$1"TEXT"')
    .replaceAll(/("usage": ?\{)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, (usage) =>
      usage.replaceAll(/[\d.]+(?:e-\d+)?/g, "N"),
    );
}
