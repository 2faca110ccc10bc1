import { contentCodings, decodeSse, decompressed, mediaType, sseEvents } from "../../http/index.ts";
import { type Adjusted, type Pair, valueOf } from "./headers.ts";
import { type HarFile, type HarSource, msOf, objectOf, objectsOf, stringMember } from "./read.ts";

/** The bytes of one write of a body, with the time since the request, in ms. */
export interface BodyRead {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Time of the response's head, in ms since the request: `send` plus `wait`, as HAR has nothing more exact. */
export function headAt({ entry }: HarSource): number {
  const timings = objectOf(entry["timings"]);
  return msOf(timings["send"]) + msOf(timings["wait"]);
}

/** The bytes of a response's body; `undefined` if the HAR was saved without it. */
export function responseBytes(
  source: HarSource,
  headers: readonly Pair[],
  fail: HarFile["fail"],
  adjusted: Adjusted,
): Uint8Array | undefined {
  const content = objectOf(source.response["content"]);
  const text = stringMember(content["text"]);
  const pointer = `${source.pointer}/response/content`;
  if (text === undefined) {
    const messages = harMessages(source);
    if (messages.length === 0) return msOf(content["size"]) > 0 ? undefined : Buffer.alloc(0);
    adjusted.push("the body was put together from the event messages that the browser saw");
    return Buffer.from(messages.map(eventText).join(""));
  }
  const encoding = stringMember(content["encoding"]);
  if (encoding !== undefined && encoding !== "" && encoding !== "base64")
    throw fail(
      `${pointer}/encoding`,
      `the encoding "${encoding}" is not known`,
      "save the HAR with text or base64",
    );
  if (encoding === "base64") return unzipped(decodeBase64(text, `${pointer}/text`, fail), headers, adjusted);
  if (text.includes("\ufffd"))
    adjusted.push("the body holds U+FFFD: bytes that were no UTF-8 were lost when the HAR was saved");
  const charset = /charset="?([\w-]+)/i.exec(valueOf(headers, "content-type") ?? "")?.[1]?.toLowerCase();
  return Buffer.from(text, charset === "iso-8859-1" || charset === "latin1" ? "latin1" : "utf8");
}

/** The bytes of a request's body; a form of which only the fields are known is encoded again. */
export function harRequestBytes(
  source: HarSource,
  headers: readonly Pair[],
  fail: HarFile["fail"],
  adjusted: Adjusted,
): { bytes: Uint8Array; contentType: string | undefined } {
  const postData = objectOf(source.request["postData"]);
  const text = stringMember(postData["text"]);
  const params = objectsOf(postData["params"]);
  const contentType = valueOf(headers, "content-type") ?? (stringMember(postData["mimeType"]) || undefined);
  if (text !== undefined && (text !== "" || params.length === 0)) {
    const encoded = postData["_encoding"] === "base64" || postData["encoding"] === "base64";
    const pointer = `${source.pointer}/request/postData/text`;
    return { bytes: encoded ? decodeBase64(text, pointer, fail) : Buffer.from(text), contentType };
  }
  if (params.length === 0) {
    if (msOf(source.request["bodySize"]) > 0) adjusted.push("the request's body is not in the HAR");
    return { bytes: Buffer.alloc(0), contentType };
  }
  adjusted.push("the request's body was put together from the fields of its form");
  if (mediaType(contentType) !== "multipart/form-data") {
    const fields = params.map(({ name, value }): [string, string] => [
      String(name),
      stringMember(value) ?? "",
    ]);
    return { bytes: Buffer.from(String(new URLSearchParams(fields))), contentType };
  }
  const boundary = "gatetape-har";
  const parts = params.map(({ name, value, fileName, contentType: type }) => {
    const file = typeof fileName === "string" ? `; filename="${quotedText(fileName)}"` : "";
    const kind = typeof type === "string" && type !== "" ? `\r\nContent-Type: ${type}` : "";
    return `--${boundary}\r\nContent-Disposition: form-data; name="${quotedText(String(name))}"${file}${kind}\r\n\r\n${stringMember(value) ?? ""}\r\n`;
  });
  return {
    bytes: Buffer.from(`${parts.join("")}--${boundary}--\r\n`),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

/** Splits a stream into a write for each event, at the times of the browser's event messages if the HAR has them. */
export function eventReads(source: HarSource, body: Uint8Array, adjusted: Adjusted): BodyRead[] {
  const events = sseEvents(decodeSse(body));
  const messages = harMessages(source);
  const start = requestStart(source);
  const times = messages.map(({ time }) => secondsOf(time) * 1000 - start);
  const alike = events.every(({ data }, i) => messages[i]?.["data"] === data);
  const timed = messages.length > 0 && alike && !times.some(Number.isNaN);
  if (messages.length > 0 && !timed)
    adjusted.push(
      "times of the event messages left aside: there are none, or they are not of the body's events",
    );
  const reads: BodyRead[] = [];
  let at = headAt(source);
  let rest = 0;
  for (const [i, { end }] of events.entries()) {
    if (timed) at = Math.max(at, times[i] as number);
    reads.push({ at, bytes: body.subarray(rest, end) });
    rest = end;
  }
  if (rest < body.length) reads.push({ at, bytes: body.subarray(rest) });
  return reads;
}

/** Time when the request was sent, in ms since 1970, without the time before it (DNS, connect). */
function requestStart({ entry }: HarSource): number {
  const timings = objectOf(entry["timings"]);
  const before = msOf(timings["blocked"]) + msOf(timings["dns"]) + msOf(timings["connect"]);
  return Date.parse(stringMember(entry["startedDateTime"]) ?? "") + before;
}

/** Time in seconds since 1970. Chrome writes seconds; some exporters that follow its format write ms. */
function secondsOf(time: unknown): number {
  return typeof time !== "number" ? NaN : time > 1e11 ? time / 1000 : time;
}

function harMessages({ entry }: HarSource): ReturnType<typeof objectsOf> {
  const messages = objectsOf(entry["_eventSourceMessages"] ?? entry["_webSocketMessages"]);
  return messages.filter(({ type, data }) => type !== "send" && typeof data === "string");
}

function eventText({ eventName, eventId, data }: ReturnType<typeof objectOf>): string {
  const name = stringMember(eventName);
  return [
    ...(name === undefined || name === "" || name === "message" ? [] : [`event: ${name}`]),
    ...(stringMember(eventId) ? [`id: ${stringMember(eventId)}`] : []),
    ...(stringMember(data) ?? "").split("\n").map((line) => `data: ${line}`),
    "\n",
  ].join("\n");
}

function decodeBase64(text: string, pointer: string, fail: HarFile["fail"]): Buffer {
  if (!/^[A-Za-z0-9+/_\s-]*=*\s*$/.test(text))
    throw fail(pointer, "is not base64", "save the HAR again; its encoding says base64");
  return Buffer.from(text, "base64");
}

/** The decompressed body: some proxies save the body compressed, as it was sent. */
function unzipped(bytes: Buffer, headers: readonly Pair[], adjusted: Adjusted): Uint8Array {
  const codings = contentCodings(headers);
  if (codings.length === 0) return bytes;
  const result = decompressed(bytes, codings);
  // Of most proxies the body is saved decoded. A compressed one that can't be decoded is seen by the import.
  if ("problem" in result) return bytes;
  adjusted.push(`the body was ${codings.join(", ")} in the HAR: decoded`);
  return result.content;
}

function quotedText(text: string): string {
  return text.replaceAll(/["\r\n]/g, encodeURIComponent);
}
