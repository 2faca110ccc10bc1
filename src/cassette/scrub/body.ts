import { type Header, headerValue, isJsonType, mediaType } from "../../http/index.ts";
import type { People, BodyKind, Sanitizer } from "../../secrets/index.ts";
import { latin1 } from "../../util/index.ts";
import {
  type BodyElement,
  type CassetteResponse,
  type HeaderPair,
  type ReadSideFile,
  type TimedWrite,
  decodeBody,
  encodeElement,
  encodeElements,
} from "../format/index.ts";

/** A body without secrets, with the new locations of its elements. */
export interface ScrubbedBody {
  readonly elements: readonly BodyElement[];
  /** The new index of each old element. */
  readonly moved: readonly number[];
  /** Wait (ms) of removed trailing writes, added to the end of the body. */
  readonly waitAfter: number;
  readonly sizeBefore: number;
  readonly size: number;
  /** Side files that contain a secret and are no longer used, by hash. */
  readonly sideFiles: readonly string[];
}

/**
 * Replaces the secrets in a response's body, also where writes cut one. Only writes that change are spelled anew;
 * `undefined` if none does.
 */
export function scrubBody(
  response: CassetteResponse,
  sanitizer: Pick<Sanitizer, "replaceParts">,
  readSideFile: ReadSideFile,
  people?: People,
): ScrubbedBody | undefined {
  const elements = response.body ?? [];
  const groups = writeGroups(elements);
  const { whole, sizes } = textOfWrites(groups, elements, readSideFile);
  const kind = bodyKind(response);
  const replaced = sanitizer.replaceParts(sizes, whole, kind, {
    blobs: elements.every(({ file }) => file === undefined),
    ...(people ? { people } : {}),
  });
  let start = 0;
  const clean = replaced.map((text, i) => {
    const before = whole.slice(start, (start += sizes[i] ?? 0));
    return text === before ? undefined : text;
  });
  if (clean.every((text) => text === undefined)) return undefined;
  const result: BodyElement[] = [];
  const moved: number[] = [];
  const sideFiles: string[] = [];
  let owed = 0;
  for (const [i, group] of groups.entries()) {
    const text = clean[i];
    const at = result.length;
    if (text !== undefined) sideFiles.push(...group.flatMap(({ file }) => file ?? []));
    if (text === "") owed += group[0]?.wait ?? 0;
    else {
      const wait = (group[0]?.wait ?? 0) + owed;
      const spelled = text === undefined ? group : decodeBody([rewritten(group, text)], kind);
      result.push(...spelled.map((element, n) => (n === 0 && owed > 0 ? { ...element, wait } : element)));
      owed = 0;
    }
    for (let n = 0; n < group.length; n++) moved.push(Math.max(0, Math.min(at + n, result.length - 1)));
  }
  const size = clean.reduce((sum, text, i) => sum + (text?.length ?? sizes[i] ?? 0), 0);
  return {
    elements: result,
    moved,
    waitAfter: owed,
    sizeBefore: whole.length,
    size,
    sideFiles,
  };
}

/** The bytes of all writes, read as Latin-1, and their lengths. Of the bytes themselves nothing is left: there may be megabytes. */
function textOfWrites(
  groups: readonly (readonly BodyElement[])[],
  elements: readonly BodyElement[],
  readSideFile: ReadSideFile,
): { readonly whole: string; readonly sizes: readonly number[] } {
  const { bytes, starts } = encodeElements(elements, readSideFile);
  let first = 0;
  const begins = groups.map((group) => {
    const begin = starts[first] ?? 0;
    first += group.length;
    return begin;
  });
  return {
    whole: latin1(bytes),
    sizes: begins.map((begin, i) => (begins[i + 1] ?? bytes.length) - begin),
  };
}

/** A write with other bytes. @param text the bytes, read as Latin-1 */
function rewritten(group: readonly BodyElement[], text: string): TimedWrite {
  return {
    wait: group[0]?.wait ?? 0,
    bytes: Buffer.from(text, "latin1"),
    ...(group.some(({ flush }) => flush) ? { flush: true } : {}),
  };
}

/** The response with another body: its content-length follows, and its duration stays. */
export function responseWithBody(
  response: CassetteResponse,
  body: ScrubbedBody | undefined,
): CassetteResponse {
  if (body === undefined) return response;
  const { headers, end } = response;
  return {
    ...response,
    ...(headers === undefined ? {} : { headers: headers.map((pair) => sizedHeader(pair, body)) }),
    body: body.elements,
    ...(end === undefined || body.waitAfter === 0
      ? {}
      : { end: { ...end, wait: (end.wait ?? 0) + body.waitAfter } }),
  };
}

/** The header, with a content-length that was right set to be computed. A wrong one is part of the recording and stays. */
function sizedHeader([name, value]: HeaderPair, { sizeBefore }: ScrubbedBody): HeaderPair {
  return [name, name.toLowerCase() === "content-length" && value === String(sizeBefore) ? null : value];
}

/** The kind of spelling for a response's body, by its content type. */
export function bodyKind(response: CassetteResponse): BodyKind {
  const contentType = headerValue((response.headers ?? []) as readonly Header[], "content-type");
  if (mediaType(contentType) === "text/event-stream") return "sse";
  return isJsonType(contentType) ? "json" : "other";
}

/** Offsets of the first bytes of a body's elements. */
export function elementStarts(elements: readonly BodyElement[], readSideFile: ReadSideFile): number[] {
  let start = 0;
  return elements.map((element) => {
    const here = start;
    start += encodeElement(element, readSideFile).length;
    return here;
  });
}

/** The elements of each write. */
function writeGroups(elements: readonly BodyElement[]): BodyElement[][] {
  const groups: BodyElement[][] = [];
  for (const element of elements) {
    const last = groups.at(-1);
    if (element.wait === undefined && last !== undefined) last.push(element);
    else groups.push([element]);
  }
  return groups;
}
