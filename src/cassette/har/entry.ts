import { type End, type Header, decodeSse, headerValue, reasonPhrase, sseEvents } from "../../http/index.ts";
import { defined } from "../../util/index.ts";
import {
  type CassetteRequest,
  type CassetteResponse,
  type HeaderPair,
  type Interaction,
  type TimedWrite,
  encodeBody,
  requestBytes,
  spell,
  splitTarget,
} from "../format/index.ts";
import { bodyKind } from "../scrub/index.ts";
import type { HarEntry, HarMessage, HarPair, HarPostData, HarRequest, HarResponse } from "./types.ts";

/** Chrome's error texts for exchanges that did not end well. */
const ERRORS: Readonly<Partial<Record<End, string>>> = {
  reset: "net::ERR_CONNECTION_RESET",
  stall: "net::ERR_TIMED_OUT",
  truncate: "net::ERR_INCOMPLETE_CHUNKED_ENCODING",
};

/**
 * An interaction as an entry of a HAR. Side files must have been spelled out.
 *
 * @param base scheme and host for the URL
 * @param started when the request began, in ms since 1970
 */
export function harEntryOf(interaction: Interaction, base: string, started: number): HarEntry {
  const { request, response } = interaction;
  const writes = encodeBody(response.body ?? []);
  const wait = response.wait ?? 0;
  const receive = writes.reduce((sum, write) => sum + write.wait, response.end?.wait ?? 0);
  const messages = bodyKind(response) === "sse" ? writtenMessages(writes, started + wait) : [];
  return {
    startedDateTime: new Date(started).toISOString(),
    time: wait + receive,
    request: harRequest(request, base),
    response: harResponse(response, writes, started),
    cache: {},
    timings: { send: 0, wait, receive },
    comment: interaction.name,
    ...(messages.length > 0 ? { _eventSourceMessages: messages } : {}),
    _gatetape: { interaction },
  };
}

function harRequest(request: CassetteRequest, base: string): HarRequest {
  const { method, target, http, headers = [] } = request;
  const postData = postDataOf(request);
  return {
    method,
    url: `${base}${target.startsWith("/") ? "" : "/"}${target}`,
    httpVersion: `HTTP/${http ?? "1.1"}`,
    cookies: [],
    headers: headers.map(([name, value]) => ({ name, value })),
    queryString: splitTarget(target).query.map(([name, value]) => ({ name, value })),
    ...defined({ postData }),
    // A cassette has no host, no content-length and no boundary of a form.
    headersSize: -1,
    bodySize: request.form === undefined ? requestBytes(request).length : -1,
  };
}

function postDataOf(request: CassetteRequest): HarPostData | undefined {
  const mimeType = headerValue(request.headers ?? [], "content-type") ?? "";
  if (request.form !== undefined) {
    const params = request.form.map(({ name, filename, contentType, text, hex }) => ({
      name,
      value: text ?? Buffer.from(hex ?? "", "hex").toString("base64"),
      ...defined({ fileName: filename, contentType }),
    }));
    return { mimeType, params };
  }
  const bytes = requestBytes(request);
  if (bytes.length === 0) return undefined;
  const spelled = spell(bytes);
  return "text" in spelled
    ? { mimeType, text: spelled.text }
    : { mimeType, text: Buffer.from(bytes).toString("base64"), _encoding: "base64" };
}

function harResponse(
  response: CassetteResponse,
  writes: readonly TimedWrite[],
  started: number,
): HarResponse {
  const body = Buffer.concat(writes.map(({ bytes }) => bytes));
  const spelled = spell(body);
  const { status, reason } = response;
  const statusText = status === undefined ? "" : (reason ?? reasonPhrase(status) ?? "");
  const httpVersion = `HTTP/${response.http ?? "1.1"}`;
  const headers = (response.headers ?? []).map((pair) => harPair(pair, body.length, started));
  const lines = [
    `${httpVersion} ${status} ${statusText}`,
    ...headers.map((pair) => `${pair.name}: ${pair.value}`),
  ];
  const error = ERRORS[response.end?.how ?? "complete"];
  return {
    // HAR has no word for an exchange without a response; browsers write 0.
    status: status ?? 0,
    statusText,
    httpVersion: status === undefined ? "" : httpVersion,
    cookies: [],
    headers,
    content: {
      size: body.length,
      mimeType: headerValue((response.headers ?? []) as readonly Header[], "content-type") ?? "x-unknown",
      ...("text" in spelled
        ? { text: spelled.text }
        : { text: body.toString("base64"), encoding: "base64" as const }),
    },
    redirectURL: headers.find(({ name }) => name.toLowerCase() === "location")?.value ?? "",
    headersSize: status === undefined ? -1 : lines.reduce((sum, line) => sum + line.length + 2, 2),
    bodySize: status === undefined ? -1 : body.length,
    ...defined({ _error: error }),
  };
}

/** A header with the value that a sink would compute for it. */
function harPair([name, value]: HeaderPair, size: number, started: number): HarPair {
  if (value !== null) return { name, value };
  const lower = name.toLowerCase();
  if (lower === "date") return { name, value: new Date(started).toUTCString() };
  return { name, value: lower === "transfer-encoding" ? "chunked" : String(size) };
}

/** Events with the time of the write that completed each. */
function writtenMessages(writes: readonly TimedWrite[], headAt: number): HarMessage[] {
  let at = headAt;
  let end = 0;
  const ends = writes.map(({ wait, bytes }) => ({ at: (at += wait), end: (end += bytes.length) }));
  const body = Buffer.concat(writes.map(({ bytes }) => bytes));
  return sseEvents(decodeSse(body)).map((event) => ({
    time: (ends.find((write) => write.end >= event.end)?.at ?? at) / 1000,
    eventName: event.event ?? "message",
    eventId: event.id ?? "",
    data: event.data,
  }));
}
