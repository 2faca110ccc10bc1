/** An exchange as bytes, and its spellings: raw HTTP, an entry of a HAR, and an interaction of a cassette. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly requestHeaders: Headers;
  readonly requestBody: Buffer;
  readonly status: number;
  readonly responseHeaders: Headers;
  /** The answer's body as it is written: one write for JSON, one an event for a stream. */
  readonly writes: readonly Buffer[];
}

const isStream = ({ responseHeaders }: Exchange): boolean =>
  responseHeaders.some(([, value]) => value.startsWith("text/event-stream"));
const lengthOf = (bytes: Buffer): Headers => [["Content-Length", String(bytes.length)]];
const head = (first: string, headers: Headers): Buffer =>
  Buffer.from(
    `${first}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
    "latin1",
  );
const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);

/** The bytes of the request. */
export function requestBytes({ method, target, requestHeaders, requestBody }: Exchange): Buffer {
  const headers: Headers = [["Host", "gateway.example"], ...requestHeaders, ...lengthOf(requestBody)];
  return Buffer.concat([head(`${method} ${target} HTTP/1.1`, headers), requestBody]);
}

/** The bytes of the answer: chunked for a stream, with a length otherwise. */
export function responseBytes(exchange: Exchange): Buffer {
  const { status, responseHeaders, writes } = exchange;
  const first = `HTTP/1.1 ${status} ${status < 400 ? "OK" : "Error"}`;
  const start: Headers = [
    ["date", "Sat, 21 Nov 2026 12:18:32 GMT"],
    ["server", "uvicorn"],
    ...responseHeaders,
  ];
  if (isStream(exchange))
    return Buffer.concat([
      head(first, [...start, ["Transfer-Encoding", "chunked"]]),
      ...writes.map(chunk),
      Buffer.from("0\r\n\r\n"),
    ]);
  const body = Buffer.concat(writes);
  return Buffer.concat([head(first, [...start, ...lengthOf(body)]), body]);
}

/** A line of the JSON Lines that `cassette import` reads. */
export function lineOf(name: string, exchange: Exchange): string {
  return JSON.stringify({
    name,
    request: { base64: requestBytes(exchange).toString("base64") },
    response: { base64: responseBytes(exchange).toString("base64") },
    end: "complete (keep-alive)",
  });
}

const utf8 = (bytes: Buffer): string | undefined => {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : undefined;
};
const pairs = (headers: Headers): { readonly name: string; readonly value: string }[] =>
  headers.map(([name, value]) => ({ name, value }));
const typeOf = (headers: Headers): string =>
  headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";

/** A request body that HAR 1.2 can hold: text. */
export const fitsHar = ({ requestBody }: Exchange): boolean => utf8(requestBody) !== undefined;

/** A HAR of exchanges. */
export function harOf(exchanges: readonly Exchange[]): string {
  const entries = exchanges.map((exchange) => {
    const { method, target, requestHeaders, requestBody, status, responseHeaders, writes } = exchange;
    const body = Buffer.concat(writes);
    const text = utf8(body);
    const content = { size: body.length, mimeType: typeOf(responseHeaders) };
    const query = new URL(target, "http://gateway.example").searchParams;
    return {
      startedDateTime: "2026-11-21T12:18:32.000Z",
      time: 20,
      request: {
        method,
        url: `http://gateway.example${target}`,
        httpVersion: "HTTP/1.1",
        cookies: [],
        headers: pairs([["Host", "gateway.example"], ...requestHeaders]),
        queryString: [...query].map(([name, value]) => ({ name, value })),
        headersSize: -1,
        bodySize: requestBody.length,
        ...(requestBody.length === 0
          ? {}
          : { postData: { mimeType: typeOf(requestHeaders), text: requestBody.toString() } }),
      },
      response: {
        status,
        statusText: status < 400 ? "OK" : "Error",
        httpVersion: "HTTP/1.1",
        cookies: [],
        headers: pairs(responseHeaders),
        content:
          text === undefined
            ? { ...content, text: body.toString("base64"), encoding: "base64" }
            : { ...content, text },
        redirectURL: "",
        headersSize: -1,
        bodySize: body.length,
      },
      cache: {},
      timings: { send: 1, wait: 10, receive: 9 },
    };
  });
  return JSON.stringify({ log: { version: "1.2", creator: { name: "planted", version: "1" }, entries } });
}

/** A cassette of exchanges as somebody may have written it by hand: nothing in it is replaced. */
export function cassetteOf(exchanges: readonly (readonly [name: string, exchange: Exchange])[]): string {
  const interactions = exchanges.map(([name, exchange]) => {
    const { method, target, requestHeaders, requestBody, status, responseHeaders } = exchange;
    return {
      name,
      request: { method, target, headers: requestHeaders, ...requestSpelling(requestBody, requestHeaders) },
      response: {
        status,
        framing: isStream(exchange) ? "chunked" : "length",
        headers: [
          ...responseHeaders,
          isStream(exchange) ? ["Transfer-Encoding", null] : ["content-length", null],
        ],
        body: exchange.writes.map((bytes) => ({ wait: 0, ...writeSpelling(bytes, responseHeaders) })),
        end: { how: "complete" },
      },
      waivers: ["/request", "/response"].map((pointer) => ({ pointer, reason: "planted: no form of OGL" })),
    };
  });
  const about = { title: "planted", origin: "written", ogl: "0.4.5" };
  return `${JSON.stringify({ cassette: 1, about, interactions }, null, 1)}\n`;
}

function requestSpelling(bytes: Buffer, headers: Headers): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  return writeSpelling(bytes, headers, false);
}

function writeSpelling(bytes: Buffer, headers: Headers, events = true): Readonly<Record<string, unknown>> {
  const text = utf8(bytes);
  if (text === undefined) return { hex: bytes.toString("hex") };
  const data = /^data: (\{.*\})\n\n$/s.exec(text)?.[1];
  if (events && data !== undefined && isCompact(data)) return { sse: JSON.parse(data) as unknown };
  if (typeOf(headers).startsWith("application/json") && isCompact(text))
    return { json: JSON.parse(text) as unknown };
  return { text };
}

/** Whether printing the parsed JSON gives the same text. */
function isCompact(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}
