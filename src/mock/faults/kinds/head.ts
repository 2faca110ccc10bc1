import { STREAM_HEADERS, lengthHeaders, uvicornHeaders } from "../../../asgi/index.ts";
import {
  type Head,
  type Header,
  type Op,
  type Script,
  bodyLength,
  chunkSize,
  headerValue,
  mediaType,
  writeChunk,
  writeLastChunk,
  reasonPhrase,
} from "../../../http/index.ts";
import {
  type Fault,
  choice,
  defineFault,
  flag,
  isEnd,
  number,
  optional,
  overWrites,
  textParameter,
  writeOf,
} from "../model/index.ts";
import { ERROR_FORMATS, errorBody } from "./bodies.ts";

/** Whether the answer is an event stream. */
export function isStream({ head }: Script): boolean {
  return mediaType(headerValue(head?.headers ?? [], "content-type")) === "text/event-stream";
}

/** Replaces an answer by another one, after the same wait. The answer to a HEAD gets no body. */
export function replaced(
  script: Script,
  status: number,
  headers: readonly Header[],
  body: readonly Uint8Array[],
  options: { readonly end?: "complete" | "close" } = {},
): Script {
  const chunked = headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
  const ofHead = script.head?.framing === "none" && script.head.status !== 204;
  const length = String(body.reduce((sum, bytes) => sum + bytes.length, 0));
  const end: Op = { op: options.end ?? "complete" };
  return {
    wait: script.wait,
    ...(script.early === undefined ? {} : { early: script.early }),
    head: {
      http: "1.1",
      status,
      reason: reasonPhrase(status) ?? "",
      framing: ofHead ? "none" : chunked ? "chunked" : "length",
      headers: headers.map(([name, value]) => [
        name,
        ofHead && name.toLowerCase() === "content-length" ? length : value,
      ]),
    },
    ops: ofHead ? [end] : [...body.filter((bytes) => bytes.length > 0).map((bytes) => writeOf(bytes)), end],
  };
}

const NAME = "header name";
const VALUE = "header value";

const status: Fault = defineFault({
  name: "status",
  group: "head",
  about: "another answer: a status with an error body",
  lossless: false,
  parameters: {
    code: number("status", 503, "of the answer", { min: 200, max: 599 }),
    body: choice(ERROR_FORMATS, "detail", "how the error is spelled; detail is OGL's"),
    message: optional("of the error; absent: the status's reason phrase"),
    "retry-after": optional("value of that header, valid or not: 1, a date, soon; absent: no header", VALUE),
    "retry-after-ms": optional("value of that header", VALUE),
    "should-retry": optional("value of x-should-retry: true, false", VALUE),
    type: optional("another content type", VALUE),
    stream: flag(false, "as text/event-stream in chunks, as OGL does once it has called a provider"),
    size: number("bytes", 0, "minimum size of an html page", { max: 64 * 1024 * 1024 }),
    early: flag(false, "answers before the request's body has been read"),
  },
  apply(script, params) {
    const message = params.message ?? reasonPhrase(params.code) ?? `Status ${params.code}`;
    const { bytes, type } = errorBody(params.body, { status: params.code, message }, params.size);
    const hints: Header[] = (["retry-after", "retry-after-ms", "should-retry"] as const).flatMap((name) =>
      params[name] === undefined ? [] : [[name === "should-retry" ? "x-should-retry" : name, params[name]]],
    );
    const headers = params.stream
      ? [...STREAM_HEADERS.slice(0, -1), ...hints, ...STREAM_HEADERS.slice(-1)]
      : lengthHeaders(params.type ?? type, hints);
    const answer = replaced(script, params.code, headers, [bytes]);
    return params.early ? { ...answer, early: true } : answer;
  },
});

const redirect: Fault = defineFault({
  name: "redirect",
  group: "head",
  about: "a redirect, with no body",
  lossless: false,
  parameters: {
    code: number("status", 307, "301, 302, 303, 307 or 308", { min: 300, max: 399 }),
    location: optional(
      "new URL; absent: the request's own target, so limit the rule to one request (#1)",
      VALUE,
    ),
  },
  apply(script, { code, location }, _, { request }) {
    const to = location ?? request?.target ?? "/";
    // The order of OGL's own (observed on 0.4.1: chat-trailing-slash).
    return replaced(script, code, uvicornHeaders(["content-length", null], ["location", to]), []);
  },
});

/** Returns the script with a changed head, or unchanged if there is no head. */
function withHead(script: Script, change: (head: Head) => Head): Script {
  if (script.head === null) return script;
  const head = change(script.head);
  return head === script.head ? script : { ...script, head };
}

const header: Fault = defineFault({
  name: "header",
  group: "head",
  about: "a header of the answer is set, replaced or removed",
  lossless: true,
  parameters: {
    name: textParameter("x-gatetape", "of the header", NAME),
    value: optional("absent: the header is removed", VALUE),
    add: flag(false, "add another header of that name"),
  },
  apply: (script, { name, value, add }) =>
    withHead(script, (head) => {
      const same = ([other]: Header): boolean => other.toLowerCase() === name.toLowerCase();
      const there = head.headers.some(same);
      if (value === undefined)
        return there ? { ...head, headers: head.headers.filter((pair) => !same(pair)) } : head;
      if (!there || add) return { ...head, headers: [...head.headers, [name, value]] };
      return { ...head, headers: head.headers.map((pair) => (same(pair) ? [pair[0], value] : pair)) };
    }),
});

/** Headers without framing fields, followed by `announced`. */
function framingHeaders(headers: readonly Header[], ...announced: Header[]): Header[] {
  const kept = headers.filter(([name]) => !/^(?:content-length|transfer-encoding)$/i.test(name));
  return [...kept, ...announced];
}

const contentLength: Fault = defineFault({
  name: "content-length",
  group: "head",
  about: "a wrong content-length; then the server closes",
  lossless: false,
  parameters: { by: number("bytes", -1, "too many, or below 0 too few", { min: -1e9 }) },
  apply(script, { by }) {
    const length = bodyLength(script.ops);
    if (script.head === null || length === null || by === 0) return script;
    const wrong = String(Math.max(0, length + by));
    const headers = framingHeaders(script.head.headers, ["content-length", wrong]);
    return {
      ...script,
      head: { ...script.head, framing: "length", headers },
      ops: script.ops.map((op): Op => (op.op === "complete" ? { op: "close" } : op)),
    };
  },
});

const framing: Fault = defineFault({
  name: "framing",
  group: "head",
  about: "the body's end is announced in another way",
  lossless: true,
  parameters: {
    how: choice(["length", "chunked", "eof"], "chunked", "by its length, in chunks, or by closing"),
  },
  apply(script, { how }) {
    const { head } = script;
    if (head === null || head.framing === how || head.framing === "none") return script;
    if (how === "length" && bodyLength(script.ops) === null) return script;
    const announced: Header[] =
      how === "length" ? [["content-length", null]] : how === "chunked" ? [["Transfer-Encoding", null]] : [];
    return {
      ...script,
      head: { ...head, framing: how, headers: framingHeaders(head.headers, ...announced) },
    };
  },
});

const trailer: Fault = defineFault({
  name: "trailer",
  group: "head",
  about: "a trailer after a chunked body",
  lossless: true,
  parameters: {
    name: textParameter("x-gatetape", "of the trailer", NAME),
    value: textParameter("1", "of the trailer", VALUE),
  },
  apply: (script, { name, value }) =>
    script.head?.framing === "chunked"
      ? withHead(script, (head) => ({ ...head, trailers: [...(head.trailers ?? []), [name, value]] }))
      : script,
});

const informational: Fault = defineFault({
  name: "informational",
  group: "head",
  about: "an interim response before the answer, as 103 Early Hints",
  lossless: true,
  parameters: {
    code: number("status", 103, "of the response", { min: 100, max: 199 }),
    times: number("times", 1, "that it is sent", { min: 1, max: 1000 }),
  },
  apply: (script, { code, times }) =>
    withHead(script, (head) => ({
      ...head,
      informational: [
        ...(head.informational ?? []),
        ...Array.from({ length: times }, () => ({
          status: code,
          reason: reasonPhrase(code) ?? "",
          headers: code === 103 ? [["link", "</>; rel=preload"] as const] : [],
        })),
      ],
    })),
});

const chunkExtension: Fault = defineFault({
  name: "chunk-extension",
  group: "head",
  about: "an extension after each chunk's size",
  lossless: true,
  parameters: { text: textParameter(";gatetape=1", "after the size") },
  apply: (script, params) => byHand(script, (size) => `${size}${params.text}`),
});

const badChunk: Fault = defineFault({
  name: "bad-chunk",
  group: "head",
  about: "chunks whose size is not a number",
  lossless: false,
  parameters: { text: textParameter("zz", "in place of each size") },
  apply: (script, params) => byHand(script, () => params.text),
});

/** Spells the chunks in the script itself, since the sink would not send malformed ones. */
function byHand(script: Script, sizeLine: (size: string) => string): Script {
  const { head } = script;
  if (head?.framing !== "chunked") return script;
  const ops = overWrites(script.ops, (write) => {
    if (write.bytes.length === 0) return [write];
    return [{ ...write, bytes: writeChunk(write.bytes, sizeLine(chunkSize(write.bytes))) }];
  });
  const headers = head.headers.map(([name, value]): Header => [
    name,
    /^transfer-encoding$/i.test(name) ? (value ?? "chunked") : value,
  ]);
  const { trailers, ...rest } = head;
  return {
    ...script,
    head: { ...rest, framing: "eof", headers },
    ops: ops.flatMap((op): Op[] => {
      const complete = isEnd(op) && (op.op === "complete" || op.op === "close");
      return complete ? [{ op: "write", bytes: writeLastChunk(trailers) }, op] : [op];
    }),
  };
}

const notHttp: Fault = defineFault({
  name: "not-http",
  group: "head",
  about: "bytes that are not HTTP; then the server closes",
  lossless: false,
  parameters: { text: textParameter("garbage\r\n\r\n", "in place of the whole answer") },
  apply: ({ wait }, params) => ({ wait, head: null, ops: [writeOf(params.text), { op: "close" }] }),
});

export const HEAD_FAULTS: readonly Fault[] = [
  status,
  redirect,
  header,
  contentLength,
  framing,
  trailer,
  informational,
  chunkExtension,
  badChunk,
  notHttp,
];
