import type { Header } from "./script.ts";

const CRLF = Buffer.from("\r\n");

/**
 * Prints header fields or trailers as they stand, one line each; a value of `null` is printed as empty.
 * The counterpart of `MessageParser` for the lines after a start line.
 */
function fieldLines(fields: readonly Header[]): string {
  return fields.map(([name, value]) => `${name}: ${value ?? ""}\r\n`).join("");
}

/**
 * Prints a message head: start line, fields and the empty line.
 *
 * @param startLine without its line end, such as `HTTP/1.1 200 OK`
 * @param fields in the order and spelling of the wire; a value of `null` is printed as empty
 * @returns the bytes, each character as its latin-1 byte
 */
export function writeHead(startLine: string, fields: readonly Header[]): Buffer {
  return Buffer.from(`${startLine}\r\n${fieldLines(fields)}\r\n`, "latin1");
}

/**
 * Prints the status line of a response.
 *
 * @param http the version, such as `1.1`
 * @returns the line without its line end; the blank before an empty reason stays
 */
export function statusLine(http: string, status: number, reason: string): string {
  return `HTTP/${http} ${status} ${reason}`;
}

/**
 * Frames bytes as one HTTP chunk (RFC 9112 section 7.1) without copying them.
 *
 * @param bytes the data; must not be empty, since a chunk of size 0 ends the body
 * @param sizeLine the text of the size line instead of the size in hexadecimal (for chunks that are wrong on purpose)
 * @returns size line, data and line end
 */
export function chunkParts<B extends Uint8Array>(
  bytes: B,
  sizeLine: string = chunkSize(bytes),
): (B | Buffer)[] {
  return [Buffer.from(`${sizeLine}\r\n`), bytes, CRLF];
}

/** Frames bytes as one HTTP chunk in one buffer; parameters as for `chunkParts`. */
export function writeChunk(bytes: Uint8Array, sizeLine?: string): Buffer {
  return Buffer.concat(chunkParts(bytes, sizeLine));
}

/** The size of a chunk's data in hexadecimal, as its size line begins. */
export function chunkSize(bytes: Uint8Array): string {
  return bytes.length.toString(16);
}

/** Prints the last chunk with the trailers, by which a chunked body ends. */
export function writeLastChunk(trailers: readonly Header[] = []): Buffer {
  return Buffer.from(`0\r\n${fieldLines(trailers)}\r\n`, "latin1");
}
