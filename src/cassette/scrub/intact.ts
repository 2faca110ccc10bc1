import { isUtf8 } from "node:buffer";
import { decodeSse, sseEvents } from "../../http/index.ts";
import {
  type CassetteResponse,
  type Interaction,
  type ReadSideFile,
  encodeElements,
} from "../format/index.ts";
import { bodyKind } from "./body.ts";

/** A body that replacing has broken. */
export interface BrokenBody {
  /** `binary`: bytes that are no text would change. `broken`: JSON would be none any more. */
  readonly kind: "binary" | "broken";
  readonly location: string;
  readonly reason: string;
}

/**
 * Looks whether replacing secrets has broken a body: each document that was JSON is JSON still.
 *
 * @param binary true: bytes that are not text must not have changed either
 */
export function brokenBody(
  before: Interaction,
  after: Interaction,
  readSideFile: ReadSideFile,
  binary: boolean,
): BrokenBody | undefined {
  if (binary && before.request.hex !== undefined && before.request.hex !== after.request.hex)
    return { kind: "binary", location: "/request/hex", reason: "replacing it would change binary content" };
  if (before.response.body === after.response.body) return undefined;
  const [was, is] = [answerBytes(before.response, readSideFile), answerBytes(after.response, readSideFile)];
  if (Buffer.compare(was, is) === 0) return undefined;
  const location = "/response/body";
  if (binary && !isUtf8(was))
    return { kind: "binary", location, reason: "replacing it would change binary content" };
  return documentCount(was, before.response) > documentCount(is, after.response)
    ? { kind: "broken", location, reason: "replacing it would leave no JSON" }
    : undefined;
}

function answerBytes({ body = [] }: CassetteResponse, readSideFile: ReadSideFile): Uint8Array {
  return encodeElements(body, readSideFile).bytes;
}

/** Number of JSON documents in a body: one, one an event, or one a line. */
function documentCount(bytes: Uint8Array, response: CassetteResponse): number {
  if (bodyKind(response) === "sse")
    return sseEvents(decodeSse(bytes)).filter(({ data }) => isJson(data)).length;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return isJson(text) ? 1 : text.split("\n").filter(isJson).length;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
