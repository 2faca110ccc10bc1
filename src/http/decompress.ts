import { once } from "node:events";
import {
  type ZlibOptions,
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from "node:zlib";
import type { Header } from "./script.ts";

/** Content without its codings, or the reason for which they can't be undone. */
export type Decompressed<T> = { readonly content: T } | { readonly problem: string };

/** Most bytes that content may have without its codings: a bomb is a thousand times as large as it looks. */
const MAX_DECODED = 32 << 20;
/** Bytes of content for each compressed one, above which it is a bomb if it is large at all. */
const MAX_RATIO = 1000;
const ALWAYS_ALLOWED = 1 << 20;

interface Coding {
  readonly whole: (bytes: Uint8Array, options: ZlibOptions) => Uint8Array;
  /** @param first the first byte */
  readonly stream: (first: number) => ReturnType<typeof createGunzip | typeof createBrotliDecompress>;
}

const GZIP: Coding = { whole: gunzipSync, stream: () => createGunzip() };
const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["gzip", GZIP],
  ["x-gzip", GZIP],
  [
    "deflate",
    {
      whole: (bytes, options) =>
        isZlib(bytes[0] ?? 0) ? inflateSync(bytes, options) : inflateRawSync(bytes, options),
      stream: (first) => (isZlib(first) ? createInflate() : createInflateRaw()),
    },
  ],
  [
    "br",
    {
      whole: (bytes, { maxOutputLength = MAX_DECODED }) => brotliDecompressSync(bytes, { maxOutputLength }),
      stream: () => createBrotliDecompress(),
    },
  ],
  [
    "zstd",
    {
      whole: (bytes, { maxOutputLength = MAX_DECODED }) => zstdDecompressSync(bytes, { maxOutputLength }),
      stream: () => createZstdDecompress(),
    },
  ],
]);

/** `deflate` is zlib's format (RFC 9110), but some servers send it without zlib's head. */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8;
}

/** The content codings of a message in the order in which they were applied, without `identity`. */
export function contentCodings(headers: readonly Header[]): string[] {
  return headers
    .filter(([name]) => name.toLowerCase() === "content-encoding")
    .flatMap(([, value]) => (value ?? "").toLowerCase().split(","))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
}

/** Undoes the codings of a whole body, within bounds of size and ratio. */
export function decompressed(bytes: Uint8Array, codings: readonly string[]): Decompressed<Uint8Array> {
  let content = bytes;
  const limit = limitOf(bytes.length);
  for (const name of codings.toReversed()) {
    const coding = CODINGS.get(name);
    if (coding === undefined) return { problem: unknownCoding(name) };
    try {
      content = coding.whole(content, { maxOutputLength: limit });
    } catch (error) {
      return { problem: undecodedReason(error, name, limit) };
    }
  }
  return { content };
}

/**
 * Undoes the codings of a body that came in several writes: each write gives what it completes.
 *
 * @param complete false if the body was cut: then what there is of it is decoded
 */
export async function decompressedWrites(
  writes: readonly Uint8Array[],
  codings: readonly string[],
  complete: boolean,
): Promise<Decompressed<Uint8Array[]>> {
  let content = [...writes];
  const limit = limitOf(writes.reduce((sum, { length }) => sum + length, 0));
  for (const name of codings.toReversed()) {
    const coding = CODINGS.get(name);
    if (coding === undefined) return { problem: unknownCoding(name) };
    try {
      content = await throughStream(coding, content, complete, limit);
    } catch (error) {
      return { problem: undecodedReason(error, name, limit) };
    }
  }
  return { content };
}

/** @throws the error of zlib, or RangeError if there is more content than the limit allows */
async function throughStream(
  coding: Coding,
  writes: readonly Uint8Array[],
  complete: boolean,
  limit: number,
): Promise<Uint8Array[]> {
  const stream = coding.stream(writes.find(({ length }) => length > 0)?.[0] ?? 0);
  let parts: Uint8Array[] = [];
  let size = 0;
  stream.on("data", (part: Uint8Array) => {
    parts.push(part);
    size += part.length;
    if (size > limit) stream.destroy(new RangeError("too large"));
  });
  const failure = once(stream, "error").then(([error]: unknown[]) => {
    throw error;
  });
  failure.catch(() => {});
  const result: Uint8Array[] = [];
  try {
    for (const write of writes) {
      if (write.length > 0)
        await Promise.race([failure, new Promise<void>((taken) => void stream.write(write, () => taken()))]);
      result.push(Buffer.concat(parts));
      parts = [];
    }
    if (complete) {
      const ended = once(stream, "end");
      stream.end();
      await Promise.race([failure, ended]);
      result.push(Buffer.concat([result.pop() ?? new Uint8Array(0), ...parts]));
    }
  } finally {
    stream.destroy();
  }
  return result;
}

function limitOf(size: number): number {
  return Math.min(MAX_DECODED, Math.max(ALWAYS_ALLOWED, size * MAX_RATIO));
}

function unknownCoding(name: string): string {
  return `the coding ${name.slice(0, 40)} is not known`;
}

function undecodedReason(error: unknown, coding: string, limit: number): string {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof RangeError || code === "ERR_BUFFER_TOO_LARGE"
    ? `decoded, it is larger than ${limit >> 20} MB`
    : `it does not decode as ${coding}`;
}
