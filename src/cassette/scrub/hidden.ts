import { isUtf8 } from "node:buffer";
import type { FormPart } from "../../exchange/index.ts";
import { type Header, contentCodings, decompressed } from "../../http/index.ts";
import { type Archive, type Sanitizer, openArchive } from "../../secrets/index.ts";
import {
  type CassetteRequest,
  type CassetteResponse,
  type Interaction,
  type ReadSideFile,
  encodeElements,
  noSideFiles,
  requestBytes,
} from "../format/index.ts";

/** A body, or a part of one, that may hold secrets which can't be replaced. */
export interface HiddenContent {
  /** JSON pointer into the interaction. */
  readonly location: string;
  readonly reason: string;
}

/**
 * Content of a sanitized interaction for which it must not be stored: compressed bytes that can't be looked into, and archives of the
 * answer that hold a secret. Archives of the request are replaced as a whole by the sanitizer.
 */
export function hiddenContent(
  { request, response }: Interaction,
  sanitizer: Sanitizer,
  readSideFile: ReadSideFile = noSideFiles,
): HiddenContent[] {
  const bytes = binaryBody(response, readSideFile);
  const unread = unreadBody("/response", (response.headers ?? []) as readonly Header[], bytes);
  return [
    ...unreadBody("/request", request.headers ?? [], requestBytes(request)),
    ...unread,
    ...requestArchives(request).flatMap(({ location, archive }) => unopened(location, archive)),
    ...(unread.length > 0 ? [] : archiveIn("/response/body", bytes)).flatMap(({ location, archive }) =>
      sanitizer.findsIn(archive)
        ? [{ location, reason: "the body is an archive that holds a secret" }]
        : unopened(location, archive),
    ),
  ];
}

/** Texts in the archives of an interaction, for the second look. */
export function archivedTexts(
  { request, response }: Interaction,
  readSideFile: ReadSideFile = noSideFiles,
): string[] {
  return [...requestArchives(request), ...archiveIn("/response/body", binaryBody(response, readSideFile))]
    .flatMap(({ archive }) => archive.contents)
    .filter((content) => isUtf8(content))
    .map((content) => Buffer.from(content).toString());
}

interface LocatedArchive {
  readonly location: string;
  readonly archive: Archive;
}

function archiveIn(location: string, bytes: Uint8Array): LocatedArchive[] {
  const archive = bytes.length === 0 ? undefined : openArchive(bytes);
  return archive === undefined ? [] : [{ location, archive }];
}

function requestArchives({ hex, form = [] }: CassetteRequest): LocatedArchive[] {
  return [
    ...archiveIn("/request/hex", Buffer.from(hex ?? "", "hex")),
    ...form.flatMap((part: FormPart, i) =>
      archiveIn(`/request/form/${i}`, Buffer.from(part.hex ?? "", "hex")),
    ),
  ];
}

function unopened(location: string, { problem }: Archive): HiddenContent[] {
  return problem === undefined ? [] : [{ location, reason: `the archive can't be looked into: ${problem}` }];
}

/** A body with content codings that were not undone; of one that is text they are not true. */
function unreadBody(location: string, headers: readonly Header[], body: Uint8Array): HiddenContent[] {
  const codings = contentCodings(headers);
  if (codings.length === 0 || body.length === 0 || isUtf8(body)) return [];
  const result = decompressed(body, codings);
  const problem = "problem" in result ? result.problem : "it was not decoded";
  return [{ location: `${location}/headers`, reason: `the body is ${codings.join(", ")}: ${problem}` }];
}

/** The bytes of a body that has any that are no text; none of another. */
function binaryBody({ body = [] }: CassetteResponse, readSideFile: ReadSideFile): Uint8Array {
  if (body.every(({ hex, file }) => hex === undefined && file === undefined)) return new Uint8Array(0);
  return encodeElements(body, readSideFile).bytes;
}
