import { writeChunk, writeLastChunk } from "../../http/index.ts";
import type { H11Head } from "./head.ts";

const BODY = "Invalid HTTP request received.";
const START = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n";
const CHUNK = `${writeChunk(Buffer.from(BODY)).toString()}${writeLastChunk().toString()}`;

/**
 * The answer of uvicorn before it closes, if h11 refuses the first bytes of a connection (observed on OGL 0.4.1:
 * http-garbage, http-http11-nohost).
 */
export const FIRST_REFUSAL: Uint8Array = Buffer.from(`${START}Connection: close\r\n\r\n${BODY}`);

/** The same answer after other requests: h11 then knows that the client can read chunks (observed on uvicorn 0.41.0). */
export const LATER_REFUSAL: Uint8Array = Buffer.from(
  `${START}connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNK}`,
);

/** The same answer to a malformed body: h11 sends it as the answer to the request with this head. */
export function bodyRefusal({ method, version, closes }: H11Head): Uint8Array {
  if (version < "1.1") return FIRST_REFUSAL;
  const connection = closes
    ? "Transfer-Encoding: chunked\r\nConnection: close"
    : "connection: close\r\nTransfer-Encoding: chunked";
  return Buffer.from(`${START}${connection}\r\n\r\n${method === "HEAD" ? "" : CHUNK}`);
}
