/** Where a secret may stand with nothing that tells it but its own form. */
import {
  JSON_TYPE,
  PLAIN_REQUEST,
  PLAIN_RESPONSE,
  type Location,
  answer,
  answered,
  requested,
  bare,
  chat,
  chunked,
  cuts,
  delta,
  made,
  oneLine,
  reads,
  unicode,
} from "./raw-exchange.ts";

export const BARE_PLACES: readonly Location[] = [
  bare("a message", (s) => made(chat(`Look: ${s} is it.`), PLAIN_RESPONSE)),
  bare("an answer", (s) => made(PLAIN_REQUEST, answer(`It is\n${s}\nthen.`))),
  bare("an answer of plain text", (s) =>
    made(PLAIN_REQUEST, answered(`upstream: ${s} failed\n`, "content-type: text/plain\r\n")),
  ),
  bare("an answer in \\u escapes", (s) =>
    made(PLAIN_REQUEST, answered(`{"detail":"${unicode(`x ${s} y`)}"}`)),
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
        ...reads(`so: ${s} . é`, r).map((read) => delta(read)),
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
            `${reads(`é: ${s} .`, r, 12)
              .map((read) => delta(read, "reasoning_content"))
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
        reads(`so ${s} !`, r).map(
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
        reads(`so ${s} !`, r).map(
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
    (s) => made(PLAIN_REQUEST, answered("{}", `x-served-by: node ${s}\r\n${JSON_TYPE}`)),
    oneLine,
  ),
  bare(
    "a reason phrase",
    (s) => made(PLAIN_REQUEST, `HTTP/1.1 502 Bad ${s} here\r\ncontent-length: 0\r\n\r\n`),
    oneLine,
  ),
  bare("a path", (s) =>
    made(requested("{}", { target: `/v1/files/${encodeURIComponent(s)}/content` }), PLAIN_RESPONSE),
  ),
  bare("a key of JSON", (s) => made(PLAIN_REQUEST, answered(JSON.stringify({ seen: { [s]: 1 } })))),
  bare("a tool's result", (s) =>
    made(
      requested(
        JSON.stringify({
          messages: [{ role: "tool", content: JSON.stringify({ out: `cat x\n${s}\n`, code: 0 }) }],
        }),
      ),
      PLAIN_RESPONSE,
    ),
  ),
];
