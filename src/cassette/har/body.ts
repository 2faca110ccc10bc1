import { contentCodings, isJsonType, mediaType } from "../../http/index.ts";
import { type Adjusted, BOM_BYTES, type Pair, valueOf } from "../import/index.ts";
import type { ReadAttached } from "./attached.ts";
import {
  type HarFile,
  type HarSource,
  type JsonObject,
  objectsOf,
  msOf,
  objectOf,
  stringMember,
} from "./read.ts";

/** The surroundings of a HAR's entry while its bodies are read. */
export interface BodyContext {
  readonly source: HarSource;
  readonly adjusted: Adjusted;
  readonly readAttached: ReadAttached;
  readonly fail: HarFile["fail"];
}

/** A response's body as the HAR holds it, with the size that it should have once decoded. */
export interface HarBody {
  readonly bytes: Uint8Array;
  readonly wholeSize?: number;
}

/** The body of a response; `undefined` if the HAR was saved without it. @throws CassetteError if it can't be read */
export function harResponseBody(context: BodyContext, headers: readonly Pair[]): HarBody | undefined {
  const { source, adjusted } = context;
  const content = objectOf(source.response["content"]);
  const pointer = `${source.pointer}/response/content`;
  const attached = attachedBody(context, content, pointer);
  if (attached !== undefined) return { bytes: attached };
  const text = stringMember(content["text"]);
  if (text === undefined || text === "") {
    const messages = harMessages(source);
    if (messages.length === 0)
      return mayBeEmpty(source, content, headers) ? { bytes: Buffer.alloc(0) } : undefined;
    adjusted.push("the body was put together from the event messages that the browser saw");
    return { bytes: Buffer.from(messages.map(eventText).join("")) };
  }
  const bytes = decodedText(context, text, content["encoding"], pointer, headers);
  const size = msOf(content["size"]);
  // Some exporters count characters, or the compressed bytes; and a text has another size in its own charset than in UTF-8.
  const compressed = contentCodings(headers).length > 0 && size === source.response["bodySize"];
  if (compressed || !isUtf8Type(headers)) return { bytes };
  const isShort = size > text.length && bytes.length + BOM_BYTES < size;
  if (isShort && !isWholeJson(bytes, headers)) return { bytes, wholeSize: size };
  // The body was edited by hand, and its size was not.
  const isLong = size > 0 && size < text.length && contentCodings(headers).length === 0;
  if (isShort || isLong)
    adjusted.push(
      `the body has ${bytes.length} bytes, its size says ${size}: it was not cut, and is taken as it stands`,
    );
  return { bytes };
}

/** True for JSON that is whole: of a text or a stream nobody can tell whether something is missing. */
function isWholeJson(bytes: Uint8Array, headers: readonly Pair[]): boolean {
  const text = Buffer.from(bytes).toString();
  if (!isJsonType(mediaType(valueOf(headers, "content-type"))) || !/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The bytes of a request's body; a form of which only the fields are known is encoded again. */
export function harRequestBody(
  context: BodyContext,
  headers: readonly Pair[],
): { bytes: Uint8Array; contentType: string | undefined } {
  const { source, adjusted } = context;
  const postData = objectOf(source.request["postData"]);
  const pointer = `${source.pointer}/request/postData`;
  const text = stringMember(postData["text"]);
  const params = objectsOf(postData["params"]);
  const contentType = valueOf(headers, "content-type") ?? (stringMember(postData["mimeType"]) || undefined);
  const attached = attachedBody(context, postData, pointer);
  if (attached !== undefined) return { bytes: attached, contentType };
  if (text !== undefined && (text !== "" || params.length === 0)) {
    const encoding = postData["_encoding"] ?? postData["encoding"];
    return { bytes: decodedText(context, text, encoding, pointer, []), contentType };
  }
  if (params.length === 0) {
    if (msOf(source.request["bodySize"]) > 0) adjusted.push("the request's body is not in the HAR");
    return { bytes: Buffer.alloc(0), contentType };
  }
  adjusted.push("the request's body was put together from the fields of its form");
  return formBody(params, contentType);
}

/** A body that stands in a file beside the HAR, as Playwright saves it. */
function attachedBody(
  { readAttached, fail }: BodyContext,
  content: JsonObject,
  pointer: string,
): Uint8Array | undefined {
  const member = typeof content["_file"] === "string" ? "_file" : "_sha1";
  const name = stringMember(content[member]);
  if (name === undefined || stringMember(content["text"])) return undefined;
  const bytes = readAttached(name);
  if (bytes !== undefined) return bytes;
  throw fail(
    `${pointer}/${member}`,
    "the body is in a file of its own, which is not beside the HAR",
    'keep the HAR\'s files together, give the .zip, or record it with content: "embed"',
  );
}

/** True if a response really may have had no body: any other is one that was not saved. */
function mayBeEmpty({ response }: HarSource, content: JsonObject, headers: readonly Pair[]): boolean {
  if (msOf(content["size"]) > 0) return false;
  if (stringMember(response["_error"]) || valueOf(headers, "content-length") === "0") return true;
  const type = mediaType(valueOf(headers, "content-type"));
  return Number(response["status"]) >= 300 || (type !== "text/event-stream" && type !== "application/json");
}

function decodedText(
  { fail, adjusted }: BodyContext,
  text: string,
  encoding: unknown,
  pointer: string,
  headers: readonly Pair[],
): Uint8Array {
  if (encoding === "base64") return decodeBase64(text, `${pointer}/text`, fail);
  if (typeof encoding === "string" && !/^(?:|utf-?8)$/i.test(encoding))
    throw fail(
      `${pointer}/encoding`,
      `the encoding ${JSON.stringify(encoding.slice(0, 40))} is not known`,
      "save the HAR with text or base64",
    );
  if (text.includes("\ufffd"))
    adjusted.push("the body holds U+FFFD: bytes that were no UTF-8 were lost when the HAR was saved");
  return Buffer.from(text, /^(?:iso-8859-1|latin1)$/.test(charsetOf(headers)) ? "latin1" : "utf8");
}

function charsetOf(headers: readonly Pair[]): string {
  return /charset="?([\w-]+)/i.exec(valueOf(headers, "content-type") ?? "")?.[1]?.toLowerCase() ?? "";
}

function isUtf8Type(headers: readonly Pair[]): boolean {
  return /^(?:|utf-?8|us-ascii)$/.test(charsetOf(headers));
}

function formBody(
  params: readonly JsonObject[],
  contentType: string | undefined,
): { bytes: Uint8Array; contentType: string | undefined } {
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

/** Time of the response's head, in ms since the request: `send` plus `wait`, as HAR has nothing more exact. */
export function headAt({ entry }: HarSource): number {
  const timings = objectOf(entry["timings"]);
  return msOf(timings["send"]) + msOf(timings["wait"]);
}

/** Times of the browser's event messages, if the HAR has them: a function that gives those of a body's events. */
export function messageTimes(
  source: HarSource,
): ((data: readonly string[]) => readonly number[] | undefined) | undefined {
  const messages = harMessages(source);
  if (messages.length === 0) return undefined;
  const start = requestStart(source);
  const times = messages.map(({ time }) => secondsOf(time) * 1000 - start);
  return (data) =>
    data.every((text, i) => messages[i]?.["data"] === text) && !times.some(Number.isNaN) ? times : undefined;
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

function harMessages({ entry }: HarSource): JsonObject[] {
  const messages = objectsOf(entry["_eventSourceMessages"] ?? entry["_webSocketMessages"]);
  return messages.filter(({ type, data }) => type !== "send" && typeof data === "string");
}

function eventText({ eventName, eventId, data }: JsonObject): string {
  const name = stringMember(eventName);
  return [
    ...(name === undefined || name === "" || name === "message" ? [] : [`event: ${name}`]),
    ...(stringMember(eventId) ? [`id: ${stringMember(eventId)}`] : []),
    ...(stringMember(data) ?? "").split("\n").map((line) => `data: ${line}`),
    "\n",
  ].join("\n");
}

function decodeBase64(text: string, pointer: string, fail: HarFile["fail"]): Uint8Array {
  // Polly keeps a compressed body as a list of its chunks.
  if (text.startsWith("[")) {
    const chunks = chunkList(text);
    if (chunks !== undefined) return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk, "base64")));
  }
  if (!/^[A-Za-z0-9+/_\s-]*=*\s*$/.test(text))
    throw fail(pointer, "is not base64", "save the HAR again; its encoding says base64");
  return Buffer.from(text, "base64");
}

function chunkList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((chunk) => typeof chunk === "string") ? list : undefined;
  } catch {
    return undefined;
  }
}

function quotedText(text: string): string {
  return text.replaceAll(/["\r\n]/g, encodeURIComponent);
}
