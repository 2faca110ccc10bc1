import type { RequestHead } from "../exchange/index.ts";
import { headerValue } from "../http/index.ts";
import { MAX_UPLOAD, UPLOAD_TOO_LARGE } from "../ogl/index.ts";
import type { BodyLimit } from "../server/index.ts";

/** Operations that take files, of which OGL itself limits the size. */
const UPLOADS: ReadonlySet<string> = new Set(["/v1/documents", "/v1/audio/transcriptions", "/v1/parse-beta"]);
/** Bytes of a form beyond the largest file: room for other parts, and for files that OGL refuses in its own order. */
const ROOM = 12 * 1024 * 1024;

/**
 * The limit of a form with a file: OGL's own limit of the file decides, and words the refusal.
 *
 * @param maxBody the limit of other requests; a higher one counts here, too
 * @returns `undefined` for any other request
 */
export function uploadLimit(
  { method, path, headers }: RequestHead,
  maxBody: BodyLimit,
): BodyLimit | undefined {
  if (method !== "POST" || !UPLOADS.has(path)) return undefined;
  const isForm = /^multipart\/form-data\b/i.test(headerValue(headers, "content-type") ?? "");
  if (!isForm || maxBody.bytes > MAX_UPLOAD + ROOM) return undefined;
  return { ...maxBody, bytes: MAX_UPLOAD + ROOM, detail: UPLOAD_TOO_LARGE };
}
