import { isObject, printCompact } from "../../util/index.ts";
import type { CassetteErrorLocation } from "../format/index.ts";
import { type Pair, type ParsedImport, type Refuse, fieldsOf, valueOf, withValue } from "../import/index.ts";
import { type SavedExchange, readList } from "./entries.ts";

/** Wire formats of OmniLLM with the paths that its client appends to a base URL. */
export const WIRE_FORMATS: Readonly<Record<string, string>> = {
  open_ai_chat_completions: "/chat/completions",
  open_ai_responses: "/responses",
  anthropic_messages: "/messages",
  open_ai_embeddings: "/embeddings",
  open_ai_image_generations: "/images/generations",
  open_ai_audio_transcriptions: "/audio/transcriptions",
  open_ai_audio_speech: "/audio/speech",
  open_ai_rerank: "/rerank",
};

const BOUNDARY = "gatetape-fixture";
const LOSS =
  "a ReplayFixture has neither times nor the boundaries of writes, and only one header of each name";

/**
 * Reads OmniLLM's ReplayFixtures.
 * @param fixtures one, or several
 * @param pointer JSON pointer of the list; "" if the file is one fixture
 */
export function parseReplayFixtures(
  fixtures: readonly unknown[],
  locate: (pointer: string) => CassetteErrorLocation,
): ParsedImport {
  const { hosts: _, ...read } = readList(
    { items: fixtures, pointer: "", locate },
    undefined,
    fixtureExchange,
  );
  return {
    format: "a ReplayFixture",
    ...read,
    about: { origin: "derived", derivedBy: "gatetape cassette import, of a ReplayFixture" },
    losses: [LOSS],
    named: false,
  };
}

function fixtureExchange(item: unknown, notes: string[], refuse: Refuse): SavedExchange {
  const { wire_format: format, request, response } = isObject(item) ? item : {};
  if (!isObject(request) || !isObject(response)) throw refuse("has no request or no response");
  const { method, path, accept } = request;
  const { status } = response;
  if (typeof method !== "string" || typeof path !== "string")
    throw refuse("its request has no method or no path");
  if (typeof status !== "number" || status < 200 || status > 599) throw refuse("its response has no status");
  const fields = fieldsOf(fixtureHeaders(request), "request", notes);
  const accepted =
    typeof accept === "string" && valueOf(fields, "accept") === undefined
      ? [...fields, ["accept", accept] as Pair]
      : fields;
  const sent = fixtureBody(request["body"], refuse);
  const answer = fixtureBody(response["body"], refuse);
  const type = typeof response["content_type"] === "string" ? response["content_type"] : answer.type;
  const headers = fieldsOf(fixtureHeaders(response), "response", notes);
  return {
    request: {
      method: method.toUpperCase(),
      target: targetBelowV1(String(format), path),
      headers: typed(accepted, sent.type, sent.multipart),
      body: sent.bytes,
    },
    response: { status, headers: typed(headers, type, false), body: answer.bytes },
  };
}

/** A path as a client at `/v1` sends it: OmniLLM's paths begin after the base URL. */
function targetBelowV1(format: string, path: string): string {
  const target = path.startsWith("/") ? path : `/${path}`;
  const short = WIRE_FORMATS[format];
  return short !== undefined && target.split("?", 1)[0] === short ? `/v1${target}` : target;
}

function fixtureHeaders({ headers }: Readonly<Record<string, unknown>>): [string, unknown][] {
  return isObject(headers) ? Object.entries(headers) : [];
}

/** Headers with a content type; one that was recorded stays, unless the body's boundary is not in it. */
function typed(headers: readonly Pair[], type: string | undefined, replace: boolean): Pair[] {
  if (type === undefined || (!replace && valueOf(headers, "content-type") !== undefined)) return [...headers];
  return withValue(headers, "content-type", type);
}

interface FixtureBody {
  readonly bytes: Uint8Array;
  readonly type?: string | undefined;
  readonly multipart: boolean;
}

function fixtureBody(body: unknown, refuse: Refuse): FixtureBody {
  if (body === undefined || body === null) return { bytes: new Uint8Array(0), multipart: false };
  const { type, value, text, fields } = isObject(body) ? body : {};
  if (type === "json") {
    const bytes = value === null ? new Uint8Array(0) : Buffer.from(printCompact(value));
    return { bytes, type: value === null ? undefined : "application/json", multipart: false };
  }
  if (type === "text" && typeof text === "string")
    return { bytes: Buffer.from(text), type: "text/plain; charset=utf-8", multipart: false };
  if (type === "binary" && isObject(body))
    return {
      bytes: blobOf(body, refuse),
      type: mediaTypeOf(body) ?? "application/octet-stream",
      multipart: false,
    };
  if (type === "multipart" && Array.isArray(fields)) {
    const parts = fields.flatMap((field: unknown) => [...partOf(field, refuse), Buffer.from("\r\n")]);
    return {
      bytes: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
      type: `multipart/form-data; boundary=${BOUNDARY}`,
      multipart: true,
    };
  }
  throw refuse("its body is neither json, text, binary nor multipart");
}

function partOf(field: unknown, refuse: Refuse): Uint8Array[] {
  const { name, value } = isObject(field) ? field : {};
  if (typeof name !== "string" || !isObject(value))
    throw refuse("a field of its form has no name or no value");
  const file = value["type"] === "file";
  const filename = file ? `; filename="${quotedField(String(value["filename"]))}"` : "";
  const media = file ? `\r\nContent-Type: ${mediaTypeOf(value) ?? "application/octet-stream"}` : "";
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${quotedField(name)}"${filename}${media}\r\n\r\n`;
  return [Buffer.from(head), file ? blobOf(value, refuse) : Buffer.from(String(value["value"] ?? ""))];
}

function mediaTypeOf({ media_type: type }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof type === "string" ? type.replaceAll(/[\r\n]/g, "") : undefined;
}

function blobOf({ data_base64: data }: Readonly<Record<string, unknown>>, refuse: Refuse): Uint8Array {
  if (typeof data === "string" && data.startsWith("<redacted:"))
    throw refuse(
      "its content was replaced when OmniLLM saved it",
      "save the fixture without `sanitized()`; an import replaces secrets",
    );
  if (typeof data !== "string" || !/^[A-Za-z0-9+/_\s-]*=*\s*$/.test(data))
    throw refuse("its data_base64 is not base64");
  return Buffer.from(data, "base64");
}

function quotedField(text: string): string {
  return text.replaceAll(/["\r\n]/g, encodeURIComponent);
}
