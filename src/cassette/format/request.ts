import { isUtf8 } from "node:buffer";
import type { ExchangeRequest, FormPart } from "../../exchange/index.ts";
import { type Header, headerValue, isJsonType, mediaType } from "../../http/index.ts";
import {
  decodeJsonText,
  isTooDeep,
  parseJsonSource,
  plainJson,
  printCompact,
  withoutBlanks,
} from "../../util/index.ts";
import { spellJson } from "./codec.ts";
import type { CassetteRequest } from "./types.ts";

/** A request in the form in which requests are compared: decoded path, parsed query and the value of the body. */
export interface MatchRequest extends Pick<
  ExchangeRequest,
  "method" | "path" | "query" | "headers" | "body" | "json" | "form"
> {
  /** True for a recorded request whose message text is filler; incoming ones are then compared as filler too. */
  readonly filled?: boolean;
  /** Query parameters at the OpenAPI's defaults, sent or not. Only in requests that are compared without them. */
  readonly defaults?: readonly (readonly [string, string])[];
}

/**
 * Parts a request target into decoded path and query, as Starlette does: the whole path is decoded once, nothing is
 * normalised (`/v1/models/../admin` stays), a broken escape stays as it is.
 */
export function splitTarget(target: string): { path: string; query: [string, string][] } {
  const mark = target.indexOf("?");
  const raw = mark === -1 ? target : target.slice(0, mark);
  const path = raw.includes("%") ? decodePercent(raw) : raw;
  return { path, query: mark === -1 ? [] : [...new URLSearchParams(target.slice(mark + 1))] };
}

/** A cassette's request in the form in which incoming ones are compared with it. */
export function matchRequestOf(request: CassetteRequest): MatchRequest {
  const { path, query } = splitTarget(request.target);
  const headers = request.headers ?? [];
  const body = requestBytes(request);
  return {
    method: request.method,
    path,
    query,
    headers,
    body,
    json: request.json === undefined ? jsonOf(headers, body) : plainJson(request.json),
    form: request.form,
  };
}

/** The bytes of a request's body; empty for a form, whose bytes are not stored. */
export function requestBytes(request: CassetteRequest): Uint8Array {
  if (request.json !== undefined) return Buffer.from(printCompact(request.json));
  if (request.text !== undefined) return Buffer.from(request.text);
  return request.hex === undefined ? new Uint8Array(0) : Buffer.from(request.hex, "hex");
}

/**
 * The JSON of a body, as FastAPI reads it: only where the content type says JSON; in UTF-8, UTF-16 or UTF-32, with or
 * without a BOM, as Python's decoder does. `undefined` if there is none, or it nests deeper than anything here can walk.
 */
export function jsonOf(headers: readonly Header[], body: Uint8Array): unknown {
  if (body.length === 0 || !isJsonType(headerValue(headers, "content-type"))) return undefined;
  const text = textOfJson(body);
  if (text === undefined) return undefined;
  try {
    if (isTooDeep(text)) return undefined;
    return JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text) as unknown;
  } catch {
    return undefined;
  }
}

/** True if the first characters of a JSON text have a zero byte or begin with the mark of UTF-16 or UTF-32. */
function isWide(body: Uint8Array): boolean {
  const [first = 0x20, second = 0x20] = body;
  return first === 0 || second === 0 || first >= 0xfe;
}

function textOfJson(body: Uint8Array): string | undefined {
  if (isWide(body)) {
    const text = decodeJsonText(body);
    return text?.isWellFormed() ? text : undefined;
  }
  return isUtf8(body) ? Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8") : undefined;
}

/** The parts of a multipart/form-data body; `undefined` for other bodies. */
export async function formOf(headers: readonly Header[], body: Uint8Array): Promise<FormPart[] | undefined> {
  const contentType = headerValue(headers, "content-type");
  if (contentType === undefined || mediaType(contentType) !== "multipart/form-data") return undefined;
  try {
    const data = await new Response(body as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": contentType },
    }).formData();
    return await Promise.all(
      [...data].map(async ([name, value]): Promise<FormPart> => {
        if (typeof value === "string") return { name, text: value };
        const bytes = Buffer.from(await value.arrayBuffer());
        return {
          name,
          filename: value.name,
          ...(value.type ? { contentType: value.type } : {}),
          ...spell(bytes),
        };
      }),
    );
  } catch {
    return undefined;
  }
}

const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Spells bytes as text if they are UTF-8, else as hex. */
export function spell(bytes: Uint8Array): { text: string } | { hex: string } {
  try {
    return { text: strictText.decode(bytes) };
  } catch {
    return { hex: Buffer.from(bytes).toString("hex") };
  }
}

/** Spells a request's body as JSON where its type says so, else as text or hex. */
export function spellRequest(
  headers: readonly Header[],
  body: Uint8Array,
): Pick<CassetteRequest, "json" | "text" | "hex"> {
  const spelled = spell(body);
  if (!("text" in spelled) || !isJsonType(headerValue(headers, "content-type"))) return spelled;
  // Not where printing it would change its meaning: duplicate keys, a leading BOM.
  return spellJson(withoutBlanks(spelled.text)) === undefined
    ? spelled
    : { json: parseJsonSource(spelled.text) };
}

function decodePercent(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path.replaceAll(/(?:%[0-9a-fA-F][0-9a-fA-F])+/g, (escaped) => {
      try {
        return decodeURIComponent(escaped);
      } catch {
        return escaped;
      }
    });
  }
}
