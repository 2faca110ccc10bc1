import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type ZlibOptions,
  zstdDecompressSync,
} from "node:zlib";
import type { Header } from "./script.ts";

/** Content without its codings, or the reason for which they can't be undone. */
export type Decompressed<T> = { readonly content: T } | { readonly problem: string };

/** Most bytes that content may have without its codings: a bomb is a thousand times as large as it looks. */
const MAX_DECODED = 32 << 20;

const DECODERS: ReadonlyMap<string, (bytes: Uint8Array, options: ZlibOptions) => Uint8Array> = new Map([
  ["gzip", gunzipSync],
  ["x-gzip", gunzipSync],
  // `deflate` is zlib's format, but some servers send it without zlib's head.
  [
    "deflate",
    (bytes: Uint8Array, options: ZlibOptions): Uint8Array =>
      ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options),
  ],
  ["br", (bytes: Uint8Array): Uint8Array => brotliDecompressSync(bytes, { maxOutputLength: MAX_DECODED })],
  ["zstd", (bytes: Uint8Array): Uint8Array => zstdDecompressSync(bytes, { maxOutputLength: MAX_DECODED })],
]);

/** The content codings of a message in the order in which they were applied, without `identity`. */
export function contentCodings(headers: readonly Header[]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === "content-encoding")
    .flatMap(([, value]) => (value ?? "").toLowerCase().split(","))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
}

/** Undoes the codings of a whole body, within a bound of size. */
export function decompressed(bytes: Uint8Array, codings: readonly string[]): Decompressed<Uint8Array> {
  let content = bytes;
  for (const name of codings.toReversed()) {
    const decode = DECODERS.get(name);
    if (decode === undefined) return { problem: `the coding ${name.slice(0, 40)} is not known` };
    try {
      content = decode(content, { maxOutputLength: MAX_DECODED });
    } catch (error) {
      const large =
        error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      return {
        problem: large
          ? `decoded, it is larger than ${MAX_DECODED >> 20} MB`
          : `it does not decode as ${name}`,
      };
    }
  }
  return { content };
}
