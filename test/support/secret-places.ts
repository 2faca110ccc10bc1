/** Where a secret may stand in an exchange: each place makes the raw exchange that plants it there. */
import type { Random } from "./random.ts";

export interface Planted {
  readonly name: string;
  readonly request: string | { base64: string };
  readonly response: string | { base64: string };
  readonly reads?: [number, number][];
}

export interface Place {
  readonly name: string;
  /** True if it only holds what is known for a secret by itself: no name tells it there. */
  readonly bare: boolean;
  /** False where the place itself can't hold such a secret: a header has no line breaks. */
  readonly takes?: (secret: string) => boolean;
  readonly plant: (secret: string, random: Random) => Planted;
}

const JSON_TYPE = "content-type: application/json\r\n";
const oneLine = (secret: string): boolean => !/[\r\n]/.test(secret);

function request(body: string, { target = "/v1/chat/completions", headers = JSON_TYPE } = {}): string {
  return `POST ${target} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function response(body: string, headers = JSON_TYPE): string {
  return `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A chunked answer: a chunk each. */
function chunked(
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

const PLAIN_REQUEST = request('{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}');
const PLAIN_RESPONSE = response('{"id":"chatcmpl-1","object":"chat.completion","choices":[]}');
const chat = (content: string): string =>
  request(JSON.stringify({ model: "m", messages: [{ role: "user", content }], temperature: 0.0 }));
const answer = (content: string): string =>
  response(
    JSON.stringify({ id: "chatcmpl-1", choices: [{ index: 0, message: { role: "assistant", content } }] }),
  );
const delta = (content: unknown, name = "content"): string =>
  `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { [name]: content } }] })}\n\n`;
const toolDelta = (piece: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: piece } }] } }] })}\n\n`;

/** Cut in pieces at random places, as a model's tokens are. */
function pieces(text: string, random: Random, most = 6): string[] {
  const points = [...text];
  const result: string[] = [];
  for (let at = 0; at < points.length;) {
    const size = 1 + random.below(most);
    result.push(points.slice(at, at + size).join(""));
    at += size;
  }
  return result;
}

function cuts(bytes: Buffer, random: Random, count: number): Buffer[] {
  const ends = Array.from({ length: count }, () => random.below(bytes.length)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

const FIELDS = [
  "api_key",
  "apiKey",
  "password",
  "client_secret",
  "access_token",
  "OPENAI_API_KEY",
  "dbPassword",
  "x-api-key",
];
const PARAMETERS = ["key", "ak", "token", "signature", "sig", "access_token", "api_key", "X-Amz-Signature"];
const HEADERS = [
  "X-Api-Key",
  "api-key",
  "Proxy-Authorization",
  "x-auth-token",
  "X-Goog-Api-Key",
  "x-amz-security-token",
  "private-token",
];
const unicode = (text: string): string =>
  [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

const place = (name: string, plant: Place["plant"], takes?: Place["takes"]): Place => ({
  name,
  bare: false,
  plant,
  ...(takes ? { takes } : {}),
});
const bare = (name: string, plant: Place["plant"], takes?: Place["takes"]): Place => ({
  ...place(name, plant, takes),
  bare: true,
});
const made = (request: Planted["request"], response: Planted["response"]): Planted => ({
  name: "planted",
  request,
  response,
});

export const PLACES: readonly Place[] = [
  place(
    "Authorization",
    (s) => made(request("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place("Authorization: Basic", (s) =>
    made(
      request("{}", {
        headers: `Authorization: Basic ${Buffer.from(`user:${s}`).toString("base64")}\r\n${JSON_TYPE}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place(
    "a header of keys",
    (s, r) => made(request("{}", { headers: `${r.pick(HEADERS)}: ${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place(
    "Cookie",
    (s) => made(request("{}", { headers: `Cookie: a=b; session=${s}\r\n${JSON_TYPE}` }), PLAIN_RESPONSE),
    oneLine,
  ),
  place(
    "Set-Cookie",
    (s) => made(PLAIN_REQUEST, response("{}", `Set-Cookie: sid=${s}; Path=/; HttpOnly\r\n${JSON_TYPE}`)),
    oneLine,
  ),
  place(
    "a header and its echo in the answer",
    (s) =>
      made(
        request("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        answer(`Invalid key ${s}, sorry`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo in base64",
    (s) =>
      made(
        request("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(`key is [${s}] here`).toString("base64")}`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo in hex",
    (s) =>
      made(
        request("{}", { headers: `X-Api-Key: ${s}\r\n${JSON_TYPE}` }),
        answer(`debug ${Buffer.from(s).toString("hex")}`),
      ),
    oneLine,
  ),
  place(
    "a header and its echo over deltas",
    (s, r) =>
      made(
        request("{}", { headers: `Authorization: Bearer ${s}\r\n${JSON_TYPE}` }),
        chunked(pieces(`you sent ${s}, no?`, r).map((piece) => delta(piece))),
      ),
    oneLine,
  ),
  place(
    "an echo before the header that tells it",
    (s) =>
      made(
        request(
          JSON.stringify({
            model: "m",
            messages: [{ role: "user", content: `why does ${s} fail` }],
            user: "u",
          }),
        ),
        response("{}", `Set-Cookie: sid=${s}; Path=/\r\n${JSON_TYPE}`),
      ),
    oneLine,
  ),
  place("a query", (s, r) =>
    made(
      request("{}", { target: `/v1/models?a=1&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&b=2` }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a query in Location", (s, r) =>
    made(
      PLAIN_REQUEST,
      response("", `Location: https://x.example.com/a?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}\r\n`),
    ),
  ),
  place("a query of a URL in a body", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(`see https://x.example.com/f.png?v=2&${r.pick(PARAMETERS)}=${encodeURIComponent(s)}&z=1 now`),
    ),
  ),
  place("a query within a query", (s, r) =>
    made(
      request("{}", {
        target: `/v1/x?next=${encodeURIComponent(`https://y.example.com/?${r.pick(PARAMETERS)}=${encodeURIComponent(s)}`)}`,
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a JSON field", (s, r) =>
    made(request(JSON.stringify({ model: "m", n: 1.0, [r.pick(FIELDS)]: s })), PLAIN_RESPONSE),
  ),
  place("a JSON field, deep", (s, r) =>
    made(PLAIN_REQUEST, response(JSON.stringify({ a: [{ b: { c: [{ [r.pick(FIELDS)]: s, d: null }] } }] }))),
  ),
  place("a JSON field with blanks", (s, r) =>
    made(PLAIN_REQUEST, response(JSON.stringify({ detail: [{ input: { [r.pick(FIELDS)]: s } }] }, null, 2))),
  ),
  place("a JSON field in \\u escapes", (s, r) =>
    made(PLAIN_REQUEST, response(`{"a":1,"${r.pick(FIELDS)}":"${unicode(s)}"}`)),
  ),
  place("JSON in JSON", (s, r) =>
    made(
      request(
        JSON.stringify({
          messages: [
            {
              role: "assistant",
              tool_calls: [
                {
                  id: "call_1",
                  function: { name: "f", arguments: JSON.stringify({ [r.pick(FIELDS)]: s, q: "x" }) },
                },
              ],
            },
          ],
        }),
      ),
      PLAIN_RESPONSE,
    ),
  ),
  place("JSON in JSON in JSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(JSON.stringify({ inner: JSON.stringify({ [r.pick(FIELDS)]: s, list: ["a\\b", '"'] }) })),
    ),
  ),
  place("a form", (s, r) =>
    made(
      request(`grant=x&${r.pick(FIELDS)}=${encodeURIComponent(s)}&z=1`, {
        headers: "content-type: application/x-www-form-urlencoded\r\n",
      }),
      PLAIN_RESPONSE,
    ),
  ),
  place("a multipart form", (s, r) =>
    made(
      request(
        `--B\r\ncontent-disposition: form-data; name="${r.pick(FIELDS)}"\r\n\r\n${s}\r\n--B\r\ncontent-disposition: form-data; name="model"\r\n\r\nm\r\n--B--\r\n`,
        { headers: "content-type: multipart/form-data; boundary=B\r\n" },
      ),
      PLAIN_RESPONSE,
    ),
  ),
  place("a field of an event", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([`data: {"a":1.0,"${r.pick(FIELDS)}":${JSON.stringify(s)}}\n\n`, "data: [DONE]\n\n"]),
    ),
  ),
  place("a field of an event over writes", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        cuts(
          Buffer.from(
            `: hello é\n\ndata: {"é":"é","${r.pick(FIELDS)}":${JSON.stringify(s)}}\n\ndata: [DONE]\n\n`,
          ),
          r,
          9,
        ),
      ),
    ),
  ),
  place("arguments of a tool over deltas", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([
        ...pieces(JSON.stringify({ [r.pick(FIELDS)]: s, path: "é" }), r).map(toolDelta),
        "data: [DONE]\n\n",
      ]),
    ),
  ),
  place("a line of NDJSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        [
          '{"response":"a","done":false}\n',
          `{"response":"b","${r.pick(FIELDS)}":${JSON.stringify(s)}}\n`,
          '{"done":true}\n',
        ],
        "application/x-ndjson",
      ),
    ),
  ),
  place("a field in base64", (s, r) =>
    made(
      PLAIN_REQUEST,
      answer(Buffer.from(JSON.stringify({ [r.pick(FIELDS)]: s, n: 1 })).toString("base64")),
    ),
  ),
  place(
    "settings in a message",
    (s) => made(chat(`my .env:\nHOST=x\nOPENAI_API_KEY=${s}\nDEBUG=1\n`), PLAIN_RESPONSE),
    oneLine,
  ),
  bare("a message", (s) => made(chat(`Look: ${s} is it.`), PLAIN_RESPONSE)),
  bare("an answer", (s) => made(PLAIN_REQUEST, answer(`It is\n${s}\nthen.`))),
  bare("an answer of plain text", (s) =>
    made(PLAIN_REQUEST, response(`upstream: ${s} failed\n`, "content-type: text/plain\r\n")),
  ),
  bare("an answer in \\u escapes", (s) =>
    made(PLAIN_REQUEST, response(`{"detail":"${unicode(`x ${s} y`)}"}`)),
  ),
  bare("an answer, percent-encoded", (s) =>
    made(PLAIN_REQUEST, answer(`GET /log?line=${encodeURIComponent(`a ${s} b`)}`)),
  ),
  bare("an answer in base64", (s) =>
    made(PLAIN_REQUEST, answer(Buffer.from(`the file: ${s} end`).toString("base64"))),
  ),
  bare("an answer in base64url", (s) =>
    made(PLAIN_REQUEST, answer(Buffer.from(`?>the file: ${s} end~~`).toString("base64url"))),
  ),
  bare("deltas", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked([
        delta("", "role"),
        ...pieces(`so: ${s} . é`, r).map((piece) => delta(piece)),
        "data: [DONE]\n\n",
      ]),
    ),
  ),
  bare("deltas over writes", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        cuts(
          Buffer.from(
            `${pieces(`é: ${s} .`, r, 12)
              .map((piece) => delta(piece, "reasoning_content"))
              .join("")}data: [DONE]\n\n`,
          ),
          r,
          14,
        ),
      ),
    ),
  ),
  bare("deltas, letter by letter", (s) =>
    made(PLAIN_REQUEST, chunked([...`x ${s} y`].map((letter) => delta(letter)))),
  ),
  bare("a message of Anthropic's, over deltas", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        pieces(`so ${s} !`, r).map(
          (text) =>
            `event: content_block_delta\ndata: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}\n\n`,
        ),
      ),
    ),
  ),
  bare("lines of NDJSON", (s, r) =>
    made(
      PLAIN_REQUEST,
      chunked(
        pieces(`so ${s} !`, r).map(
          (content) =>
            `${JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false })}\n`,
        ),
        "application/x-ndjson",
      ),
    ),
  ),
  bare(
    "a comment of a stream",
    (s) => made(PLAIN_REQUEST, chunked([`: ${s}\n\n`, "data: [DONE]\n\n"])),
    oneLine,
  ),
  bare(
    "a trailer",
    (s) => made(PLAIN_REQUEST, chunked(["data: [DONE]\n\n"], "text/event-stream", `x-note: by ${s}\r\n`)),
    oneLine,
  ),
  bare(
    "a header of anything",
    (s) => made(PLAIN_REQUEST, response("{}", `x-served-by: node ${s}\r\n${JSON_TYPE}`)),
    oneLine,
  ),
  bare(
    "a reason phrase",
    (s) => made(PLAIN_REQUEST, `HTTP/1.1 502 Bad ${s} here\r\ncontent-length: 0\r\n\r\n`),
    oneLine,
  ),
  bare("a path", (s) =>
    made(request("{}", { target: `/v1/files/${encodeURIComponent(s)}/content` }), PLAIN_RESPONSE),
  ),
  bare("a key of JSON", (s) => made(PLAIN_REQUEST, response(JSON.stringify({ seen: { [s]: 1 } })))),
  bare("a tool's result", (s) =>
    made(
      request(
        JSON.stringify({
          messages: [{ role: "tool", content: JSON.stringify({ out: `cat x\n${s}\n`, code: 0 }) }],
        }),
      ),
      PLAIN_RESPONSE,
    ),
  ),
];
