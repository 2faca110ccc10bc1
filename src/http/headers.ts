import type { Header } from "./script.ts";

/** The first value of a header by its name in any case; `undefined` where there is none or it is computed. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  for (const [key, value] of headers)
    if (key.length === wanted.length && key.toLowerCase() === wanted) return value ?? undefined;
  return undefined;
}

/** True if a header of that name is there at all, be its value literal or computed. */
export function hasHeader(headers: readonly Header[], name: string): boolean {
  const wanted = name.toLowerCase();
  return headers.some(([key]) => key.length === wanted.length && key.toLowerCase() === wanted);
}

/** Ordered pairs from Node's `rawHeaders` (name, value, name, value …). */
export function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] as string, raw[i + 1] as string]);
  return pairs;
}

/** The media type without parameters, in lower case: `application/json; charset=utf-8` is `application/json`. */
export function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() || undefined;
}

/** True for the media types that FastAPI reads as JSON: `application/json` and `application/*+json`. */
export function isJsonType(contentType: string | undefined): boolean {
  if (contentType === "application/json") return true;
  const type = mediaType(contentType);
  return type !== undefined && /^application\/(?:[^/]+\+)?json$/.test(type);
}
