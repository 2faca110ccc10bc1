import { STREAM_HEADERS, lengthHeaders } from "../../../asgi/index.ts";
import { type Op, type Script, decodeSse, sseEvents } from "../../../http/index.ts";
import { generationOf } from "../../../ogl/index.ts";
import { DEFAULT_OGL_VERSION } from "../../../openapi/index.ts";
import {
  type Fault,
  MIDWAY,
  WITHIN,
  choice,
  cut,
  defineFault,
  endOf,
  number,
  textParameter,
  wholeOf,
  writeOf,
} from "../model/index.ts";
import { type ErrorFormat, type ErrorWords, errorBody, errorValue } from "./bodies.ts";
import { interrupted, spoiled } from "./events.ts";
import { isStream, replaced } from "./head.ts";

const RETRY_AFTER = ["retry-after", "10"] as const;

/** OGL's 503: in a stream printed as by Python without retry-after, otherwise compact and with retry-after. */
function unavailable(script: Script, streamed: string, plain: string): Script {
  return isStream(script)
    ? replaced(script, 503, STREAM_HEADERS, [Buffer.from(`{"detail": ${JSON.stringify(streamed)}}`)])
    : replaced(script, 503, lengthHeaders("application/json", [RETRY_AFTER]), [
        Buffer.from(JSON.stringify({ detail: plain })),
      ]);
}

/**
 * Loss of the provider. Midway the forwarder sends its error without framing, as the last chunk, and ends cleanly
 * (observed on 0.4.1: stream-up-die-mid, stream-up-hang-mid); before the first byte it sends a 503 (stream-up-hang,
 * chat-up-hang).
 */
const oglBusy: Fault = defineFault({
  name: "ogl-busy",
  group: "ogl",
  about:
    'OGL lost its provider: {"detail": "Model is too busy (…)…"} without data: or newline, and a clean end; at the start a 503',
  lossless: false,
  position: { kinds: ["start", ...WITHIN], default: MIDWAY },
  parameters: {
    error: textParameter("RemoteProtocolError", "that OGL names; ReadTimeout if the provider hung"),
  },
  apply(script, { error }, at) {
    const words = `Model is too busy (${error}), please try again later`;
    if (at === undefined || at.at === "start") return unavailable(script, `${words}.`, words);
    const parts = cut(script.ops, at);
    if (parts === undefined || !isStream(script)) return script;
    const end = endOf(script.ops) ?? { op: "complete" };
    return { ...script, ops: [...parts.before, writeOf(`{"detail": "${words}."}`), end] };
  },
});

/** Fault observed on 0.4.1: stream-up-refused, chat-up-refused. */
const oglUnavailable: Fault = defineFault({
  name: "ogl-unavailable",
  group: "ogl",
  about: "OGL can't reach its provider: 503, for a stream as text/event-stream",
  lossless: false,
  parameters: {},
  apply(script) {
    const words = "Model is temporarily unavailable, please try again later.";
    return unavailable(script, words, words);
  },
});

/** Error envelope of the provider without `param`, as in the captures. */
function envelope(words: ErrorWords): Buffer {
  const { detail } = errorValue("detail-object", words) as { detail: unknown };
  return Buffer.from(JSON.stringify(detail));
}

/** Fault observed on 0.4.1 (limit-*): no retry-after, no x-ratelimit-*. */
const oglLimit: Fault = defineFault({
  name: "ogl-limit",
  group: "ogl",
  about: "OGL's own 429, without retry-after",
  lossless: false,
  parameters: {
    type: choice(["rpm", "rpd", "tpm", "tpd"], "rpm", "of the limit"),
    value: number("requests or tokens", 2, "of the limit"),
  },
  apply(script, { type, value }) {
    const detail = generationOf(DEFAULT_OGL_VERSION).limitReached(type, value);
    const body = Buffer.from(JSON.stringify({ detail }));
    return replaced(script, 429, lengthHeaders("application/json"), [body]);
  },
});

/**
 * Provider errors, observed on 0.4.1. In a stream OGL sends the first line of the provider's body as text/event-stream
 * (stream-up-e429, stream-up-e503-html); otherwise the provider's JSON or text under `detail` (chat-up-e429,
 * chat-up-e503-html), and only the message of a flat error.
 */
const oglUpstream: Fault = defineFault({
  name: "ogl-upstream",
  group: "ogl",
  about: "the provider's error as OGL passes it on",
  lossless: false,
  parameters: {
    code: number("status", 429, "of the provider's answer", { min: 400, max: 599 }),
    body: choice(["openai", "flat", "string", "html", "text"], "openai", "how the provider spells it"),
    message: textParameter("Rate limit reached", "of the provider"),
  },
  apply(script, { code, body, message }) {
    const words = { status: code, message };
    const bytes = body === "openai" ? envelope(words) : errorBody(body as ErrorFormat, words, 0).bytes;
    if (isStream(script)) {
      const line = bytes.toString().split(/\r?\n/, 1)[0] ?? "";
      return replaced(script, code, STREAM_HEADERS, [Buffer.from(line)]);
    }
    const json = body !== "html" && body !== "text";
    const detail: unknown =
      body === "flat" ? message : json ? JSON.parse(bytes.toString()) : bytes.toString();
    const wrapped = Buffer.from(JSON.stringify({ detail }));
    return replaced(script, code, lengthHeaders("application/json"), [wrapped]);
  },
});

/**
 * Internal errors, observed on 0.4.1. An exception gives text/plain, and the server closes without announcing it
 * (chat-array-root); a provider's empty stream gives an error event (stream-up-empty-stream).
 */
const ogl500: Fault = defineFault({
  name: "ogl-500",
  group: "ogl",
  about: "OGL's unhandled exception: text/plain, then the connection is closed; for a stream event: error",
  lossless: false,
  parameters: {},
  apply: (script) =>
    isStream(script)
      ? replaced(script, 500, STREAM_HEADERS, [
          Buffer.from('event: error\ndata: {"error": {"message": "Internal Server Error"}}\n\n'),
        ])
      : replaced(
          script,
          500,
          lengthHeaders("text/plain; charset=utf-8"),
          [Buffer.from("Internal Server Error")],
          { end: "close" },
        ),
});

/**
 * Error of a provider within a stream. OGL relays it and appends its usage chunk, which is a copy of the error (observed
 * on 0.4.1: stream-up-miderror).
 */
const oglErrorRelay: Fault = defineFault({
  name: "ogl-error-relay",
  group: "ogl",
  about: "a provider's error object in mid-stream, then OGL's usage chunk made of it, then [DONE]",
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { message: textParameter("EngineCore encountered an issue", "of the provider") },
  apply(script, { message }, at) {
    const parts = at && cut(script.ops, at);
    if (at === undefined || parts === undefined) return script;
    const { id, model } = lastChunk(parts.before);
    const error = `"object": "error", "message": ${JSON.stringify(message)}, "type": "InternalServerError", "param": null, "code": 500`;
    const usage = `{"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.0, "carbon": {"kWh": 0.0, "kgCO2eq": 0.0}, "requests": 1}`;
    const compact = {
      error: { object: "error", message, type: "InternalServerError", param: null, code: 500 },
    };
    return interrupted(
      script,
      at,
      [
        writeOf(`data: ${JSON.stringify(compact)}\n\n`),
        writeOf(
          `data: {"error": {${error}}, "choices": [], "model": ${JSON.stringify(model)}, "id": ${JSON.stringify(id)}, "usage": ${usage}}\n\n`,
        ),
      ],
      "done",
    );
  },
});

/** Id and model of the last chunk before the error. */
function lastChunk(ops: readonly Op[]): { id: string; model: string } {
  const data = sseEvents(decodeSse(wholeOf(ops)?.bytes ?? Buffer.alloc(0))).at(-1)?.data ?? "{}";
  try {
    const { id, model } = JSON.parse(data) as { id?: unknown; model?: unknown };
    return { id: String(id ?? "chatcmpl-1"), model: String(model ?? "model") };
  } catch {
    return { id: "chatcmpl-1", model: "model" };
  }
}

/** Error event of the generation after 0.4.5, read in its source; never observed. */
const oglErrorEvent: Fault = defineFault({
  name: "ogl-error-event",
  group: "ogl",
  about: 'the error of a later OGL in mid-stream: event: error with {"detail": …}, and no [DONE]',
  lossless: false,
  position: { kinds: WITHIN, default: MIDWAY },
  parameters: { message: textParameter("Model is too busy, please try again later.", "of the error") },
  apply(script, { message }, at) {
    const block = `event: error\ndata: {"detail": ${JSON.stringify(message)}}\n\n`;
    return at === undefined ? script : interrupted(script, at, [writeOf(block)], "end");
  },
});

/**
 * Cut events: OGL takes U+2028, U+2029 and U+0085 in an event's text for line ends (observed on 0.4.1:
 * stream-up-u2028).
 */
const oglCutLine: Fault = defineFault({
  name: "ogl-cut-line",
  group: "ogl",
  about: "an event cut in two within its text, each half followed by a blank line, as OGL does at U+2028",
  lossless: false,
  position: { kinds: ["event"], default: MIDWAY },
  parameters: {},
  apply: (script, _, at) =>
    spoiled(script, at, (bytes) => {
      const line = bytes.toString("latin1").replace(/[\r\n]+$/, "");
      const content = /"content":"((?:[^"\\]|\\.)*)"/.exec(line);
      const middle =
        content === null
          ? line.length >> 1
          : characterStart(
              bytes,
              content.index + '"content":"'.length + ((content[1] as string).length >> 1),
            );
      const half = (part: string): Buffer => Buffer.from(`${part}\n\n`, "latin1");
      return [writeOf(half(line.slice(0, middle))), writeOf(half(line.slice(middle)))];
    }),
});

/** Offset of the first byte of the UTF-8 sequence around `offset`. */
function characterStart(bytes: Uint8Array, offset: number): number {
  let at = offset;
  while (at > 0 && ((bytes[at] as number) & 0xc0) === 0x80) at--;
  return at;
}

export const OGL_FAULTS: readonly Fault[] = [
  oglBusy,
  oglUnavailable,
  oglLimit,
  oglUpstream,
  ogl500,
  oglErrorRelay,
  oglErrorEvent,
  oglCutLine,
];
