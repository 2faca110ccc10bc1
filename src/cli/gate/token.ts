import { randomBytes } from "node:crypto";
import type { Trace } from "../../exchange/index.ts";
import { decodeSse, headerValue, mediaType, sseEvents } from "../../http/index.ts";
import type { Respond } from "../../mock/index.ts";

/** Makes a text that no command prints by chance. */
export function newToken(): string {
  return `gt${randomBytes(6).toString("hex")}`;
}

/** Answers chats with the token; requests with tools or a response format are left to the synthesizer. */
export function respondWith(token: string): Respond {
  return ({ operation, body }) => {
    const { response_format: format, tools } = body as { response_format?: unknown; tools?: unknown };
    const plain = (format === undefined || format === null) && (tools === undefined || tools === null);
    return operation.startsWith("chat.") && plain ? `${token} is the word.` : undefined;
  };
}

/** Search for a text in streamed output, across the boundaries of its parts. */
export class TokenWatch {
  readonly #wanted: Buffer;
  #tail: Buffer = Buffer.alloc(0);
  seen = false;

  constructor(text: string) {
    this.#wanted = Buffer.from(text);
  }

  push(bytes: Buffer): void {
    if (this.seen) return;
    const whole = Buffer.concat([this.#tail, bytes]);
    this.seen = whole.includes(this.#wanted);
    this.#tail = whole.subarray(Math.max(0, whole.length - this.#wanted.length + 1));
  }
}

/** Text of an answer with its deltas joined: a word may be spread over several. */
export function answeredText({ answer, delivery }: Trace): string {
  const writes = answer.script.ops
    .flatMap((op) => (op.op === "write" ? [op.bytes] : []))
    .slice(0, delivery.writes);
  const body = Buffer.concat(writes);
  const type = mediaType(headerValue(answer.script.head?.headers ?? [], "content-type"));
  if (type !== "text/event-stream") return body.toString("utf8");
  return sseEvents(decodeSse(body))
    .map(({ data }) => deltaOf(data))
    .join("");
}

function deltaOf(data: string): string {
  try {
    const chunk = JSON.parse(data) as { choices?: { delta?: { content?: string | null } }[] } | null;
    return chunk?.choices?.map((choice) => choice.delta?.content ?? "").join("") ?? "";
  } catch {
    return "";
  }
}
