import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { H11Chunks } from "./chunks.ts";

/**
 * Changes a response so that the connection closes after it, as h11 does: `Connection: close` comes last, and a client of
 * HTTP/1.0 gets a body of unknown length without chunks (observed on OGL 0.4.1: http-conn-close, http-http10-keepalive).
 *
 * @param version of the request: `1.1`, `1.0` …
 */
export function makeClosing(response: ServerResponse, version: string): void {
  const writeHead = response.writeHead.bind(response);
  const closing = (status: number, reason?: unknown, headers?: unknown): ServerResponse => {
    if (typeof reason !== "string" || !Array.isArray(headers))
      return writeHead(status, reason as string, headers as OutgoingHttpHeaders);
    const chunked = hasName(headers, "transfer-encoding");
    const old = version < "1.1" && chunked;
    const kept = withoutNames(headers, old ? FRAMING : ["connection"]);
    if (old) {
      response.removeHeader("transfer-encoding"); // else Node adds it
      writeWithoutChunks(response);
    }
    return writeHead(status, reason, [...kept, "Connection", "close"]);
  };
  response.writeHead = closing as typeof response.writeHead;
}

const FRAMING = ["connection", "transfer-encoding", "content-length"];

function hasName(flat: readonly unknown[], name: string): boolean {
  return flat.some((one, i) => i % 2 === 0 && String(one).toLowerCase() === name);
}

function withoutNames(flat: readonly unknown[], names: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = String(flat[i]);
    if (!names.includes(name.toLowerCase())) kept.push(name, String(flat[i + 1]));
  }
  return kept;
}

/** Removes chunk sizes from all bytes that are written to the response from now on. */
function writeWithoutChunks(response: ServerResponse): void {
  const write = response.write.bind(response) as (bytes: Uint8Array) => boolean;
  const end = response.end.bind(response) as (bytes?: Uint8Array) => ServerResponse;
  const chunks = new H11Chunks();
  const dataIn = (bytes: Uint8Array): Buffer => {
    const parts: Buffer[] = [];
    chunks.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), (chunk) => parts.push(chunk));
    return Buffer.concat(parts);
  };
  response.write = ((bytes: Uint8Array): boolean => {
    const data = dataIn(bytes);
    return data.length === 0 || write(data);
  }) as typeof response.write;
  response.end = ((bytes?: Uint8Array): ServerResponse => {
    const data = bytes === undefined ? undefined : dataIn(bytes);
    response.write = write as typeof response.write;
    return end(data);
  }) as typeof response.end;
}
