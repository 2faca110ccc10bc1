import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { base64Runs } from "./runs.ts";

/** A large run of base64 in a text. */
export interface Blob {
  readonly start: number;
  readonly end: number;
  /** Replacement: a `data:` URL without its data, but with hash, size and type. */
  readonly reference: string;
  readonly bytes: Buffer;
}

/** Fewer letters of base64 are no large content. */
const MIN_BLOB = 1024;
const MIN_DATA_URL = 64;
/** The same for a member whose name says that it is binary content. */
const MIN_NAMED = 400;
const BINARY_NAME =
  /^(?!.*(?:embedding|vector|float)).*(?:b64_json|_(?:base64|b64)|base64_(?:data|image|audio)|Base64|B64)$/;
/** Members that a client hands back as they are, and whose base64 a server or a client decodes: they stay base64. */
const PROTOCOL_NAME =
  /^(?:encrypted_content|signature|thought_?signature|redacted_?content|redacted_thinking\.data)$/i;
const DATA_BEFORE = /data:([\w.+-]+\/[\w.+-]+)?((?:;[\w.-]+=[\w.-]+)*);base64,$/i;
/** A vector, be it as base64, is what the exchange is about. */
const VECTOR_NAME = /^(?:embeddings?|vectors?|float|base64)$/i;
const VECTOR_BEFORE = /(?:embeddings?|vectors?|float|base64)\\*"\s*:\s*(?:\[\s*)?\\*"$/i;

/**
 * Data URLs, and bare base64 that is neither a vector nor a word.
 *
 * @param under name of the member of JSON that the text is the value of
 */
export function* blobsIn(text: string, under = ""): Generator<Blob> {
  for (const { start, end } of base64Runs(text, MIN_DATA_URL)) {
    const before = text.slice(Math.max(0, start - 256), start);
    const url = DATA_BEFORE.exec(before);
    const data = url !== null || end - start >= MIN_BLOB ? text.slice(start, end) : "";
    if (url !== null) {
      const [head, type = "text/plain", parameters = ""] = url;
      yield blob(Buffer.from(data, "base64"), type + parameters, start - head.length, end);
    } else if (PROTOCOL_NAME.test(under || nameBefore(before))) {
      const whole = text.slice(start, end);
      if (!FILLER.test(whole))
        yield { start, end, bytes: Buffer.from(whole, "base64"), reference: fillerFor(whole) };
    } else if (end - start >= MIN_NAMED && BINARY_NAME.test(under || nameBefore(before))) {
      const bytes = Buffer.from(text.slice(start, end), "base64");
      if (!isUtf8(bytes)) yield blob(bytes, blobType(bytes), start, end);
    } else if (data !== "" && !VECTOR_BEFORE.test(before) && !VECTOR_NAME.test(under) && isMixed(data)) {
      const bytes = Buffer.from(data, "base64");
      yield blob(bytes, blobType(bytes), start, end);
    }
  }
}

function blob(bytes: Buffer, type: string, start: number, end: number): Blob {
  const hash = createHash("sha256").update(bytes).digest("hex");
  return { start, end, bytes, reference: `data:${type};sha256=${hash};bytes=${bytes.length},` };
}

/** The name of the member whose value begins after a text. */
function nameBefore(before: string): string {
  return /"([\w.-]{1,64})\\*"\s*:\s*\\*"$/.exec(before)?.[1] ?? "";
}

/** True for the value of a member that has to stay base64. */
export function isProtocolBase64(value: string, under = ""): boolean {
  return PROTOCOL_NAME.test(under) && /^[\w+/-]{64,}={0,2}$/.test(value);
}

/** Start of the filler for base64 that has to stay base64. */
export const FILLER_START = "gatetapefiller0";
const FILLER = new RegExp(`^${FILLER_START}[\\da-f]{16}A*={0,2}$`);

/** Base64 of the same length that decodes, is the same for the same content, and does not look like a secret. */
function fillerFor(data: string): string {
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 16);
  const padding = /=*$/.exec(data)?.[0] ?? "";
  return `${FILLER_START}${hash}`.padEnd(data.length - padding.length, "A") + padding;
}

/** Base64 of anything uses all its letters; a long word, a ruler or a row of hexadecimal digits does not. */
function isMixed(data: string): boolean {
  const sample = data.slice(0, 4096);
  return new Set(sample).size > 32 && /[a-z]/.test(sample) && /[A-Z]/.test(sample) && /\d/.test(sample);
}

const MAGIC: readonly (readonly [start: string, type: string])[] = [
  ["\x89PNG", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF8", "image/gif"],
  ["%PDF", "application/pdf"],
  ["OggS", "audio/ogg"],
  ["ID3", "audio/mpeg"],
  ["fLaC", "audio/flac"],
  ["PK\x03\x04", "application/zip"],
  ["\x1f\x8b", "application/gzip"],
];

function blobType(bytes: Buffer): string {
  const head = bytes.subarray(0, 16).toString("latin1");
  if (head.startsWith("RIFF")) return head.slice(8, 12) === "WEBP" ? "image/webp" : "audio/wav";
  return MAGIC.find(([start]) => head.startsWith(start))?.[1] ?? "application/octet-stream";
}
