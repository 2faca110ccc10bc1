import { type BodyLimit, tooLargeText } from "../../server/index.ts";

/** Bytes of a body above the limit that are read, so that the client sees its refusal. */
const MAX_DISCARDED = 1 << 30;

/** Reads the body of a call as text. @returns the refusal if it is above the limit */
export async function readText({ body }: Request, limit: BodyLimit): Promise<string | Response> {
  if (body === null) return "";
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size <= limit.bytes) parts.push(part);
    else parts.length = 0;
    if (size > limit.bytes + MAX_DISCARDED) break;
  }
  if (size <= limit.bytes) return Buffer.concat(parts).toString("utf8");
  return Response.json({ problems: [{ reason: tooLargeText(size, limit) }] }, { status: 413 });
}
