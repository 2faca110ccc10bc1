/** Raw exchanges as a server and its clients send them, to plant something in. */
import type { Random } from "./random.ts";

export interface Planted {
  readonly name: string;
  readonly request: string | { base64: string };
  readonly response: string | { base64: string };
  readonly reads?: [number, number][];
}

export interface Location {
  readonly name: string;
  /** True if it only holds what is known for a secret by itself: no name tells it there. */
  readonly bare: boolean;
  /** False where the place itself can't hold such a secret: a header has no line breaks. */
  readonly takes?: (secret: string) => boolean;
  readonly plant: (secret: string, random: Random) => Planted;
}

export const JSON_TYPE = "content-type: application/json\r\n";
export const oneLine = (secret: string): boolean => !/[\r\n]/.test(secret);

export function requested(
  body: string,
  { target = "/v1/chat/completions", headers = JSON_TYPE }: { target?: string; headers?: string } = {},
): string {
  return `POST ${target} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export function answered(body: string, headers: string = JSON_TYPE): string {
  return `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A chunked answer: a chunk each. */
export function chunked(
  chunks: readonly (string | Buffer)[],
  type = "text/event-stream",
  trailers = "",
): { base64: string } {
  const parts = chunks
    .map((chunk) => Buffer.from(chunk))
    .filter(({ length }) => length > 0)
    .map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]),
    );
  const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`);
  return { base64: Buffer.concat([head, ...parts, Buffer.from(`0\r\n${trailers}\r\n`)]).toString("base64") };
}

export const PLAIN_REQUEST: string = requested(
  '{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}',
);
export const PLAIN_RESPONSE: string = answered('{"id":"chatcmpl-1","object":"chat.completion","choices":[]}');
export const chat = (content: string): string =>
  requested(JSON.stringify({ model: "m", messages: [{ role: "user", content }], temperature: 0.0 }));
export const answer = (content: string): string =>
  answered(
    JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, message: { role: "assistant", content } }] }),
  );
export const delta = (content: unknown, name = "content"): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { [name]: content } }] })}\n\n`;
export const toolDelta = (read: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: read } }] } }] })}\n\n`;

/** Cut in pieces at random places, as a model's tokens are. */
export function reads(text: string, random: Random, most = 6): string[] {
  const points = [...text];
  const result: string[] = [];
  for (let at = 0; at < points.length;) {
    const size = 1 + random.below(most);
    result.push(points.slice(at, at + size).join(""));
    at += size;
  }
  return result;
}

export function cuts(bytes: Buffer, random: Random, count: number): Buffer[] {
  const ends = Array.from({ length: count }, () => random.below(bytes.length)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

export const FIELDS: readonly string[] = [
  "api_key",
  "apiKey",
  "password",
  "client_secret",
  "access_token",
  "OPENAI_API_KEY",
  "dbPassword",
  "x-api-key",
];
export const PARAMETERS: readonly string[] = [
  "key",
  "ak",
  "token",
  "signature",
  "sig",
  "access_token",
  "api_key",
  "X-Amz-Signature",
];
export const HEADERS: readonly string[] = [
  "X-Api-Key",
  "api-key",
  "Proxy-Authorization",
  "x-auth-token",
  "X-Goog-Api-Key",
  "x-amz-security-token",
  "private-token",
];
export const unicode = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

export const locate = (name: string, plant: Location["plant"], takes?: Location["takes"]): Location => ({
  name,
  bare: false,
  plant,
  ...(takes ? { takes } : {}),
});
export const bare = (name: string, plant: Location["plant"], takes?: Location["takes"]): Location => ({
  ...locate(name, plant, takes),
  bare: true,
});
export const made = (request: Planted["request"], response: Planted["response"]): Planted => ({
  name: "planted",
  request,
  response,
});
