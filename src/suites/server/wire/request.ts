import type { UpstreamTarget } from "../../../server/index.ts";
import { targetOn } from "../../../server/index.ts";
import type { Draft } from "../model/index.ts";

/** Request as it is sent, with its bytes. */
export interface OutgoingRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** Head and body with its framing. */
  readonly bytes: Buffer;
}

/** Key that no server knows, in the form of OGL's own. */
const WRONG_KEY = "sk-gatetape-this-key-does-not-exist";

/** Makes a request's bytes. @param key the given key; `undefined` if there is none */
export function outgoing(draft: Draft, server: UpstreamTarget, key: string | undefined): OutgoingRequest {
  const { method, target, json, text, chunked = false } = draft;
  const body = Buffer.from(text ?? (json === undefined ? "" : JSON.stringify(json)));
  const typed = draft.headers?.some(([name]) => name.toLowerCase() === "content-type") === true;
  const credential = authorizationOf(draft, key);
  const headers: (readonly [string, string])[] = [
    ["Host", server.authority],
    ["User-Agent", "gatetape"],
    ["Accept", "*/*"],
    ...(credential === undefined ? [] : [["Authorization", credential] as const]),
    ...(body.length > 0 && !typed ? [["Content-Type", "application/json"] as const] : []),
    ...(draft.headers ?? []),
    ...(chunked
      ? [["Transfer-Encoding", "chunked"] as const]
      : body.length > 0 || method === "POST"
        ? [["Content-Length", String(body.length)] as const]
        : []),
  ];
  const head = `${method} ${targetOn(server, target)} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  return {
    method,
    target,
    headers,
    body,
    bytes: Buffer.concat([Buffer.from(head), framedBody(body, chunked)]),
  };
}

function authorizationOf(
  { credential = "given", scheme = "Bearer" }: Draft,
  key: string | undefined,
): string | undefined {
  if (credential === "none") return undefined;
  if (credential === "wrong") return `${scheme} ${WRONG_KEY}`;
  const value = credential === "given" ? key : credential.key;
  return value === undefined ? undefined : `${scheme} ${value}`;
}

/** Body with its framing; a chunked one is cut in the middle. */
function framedBody(body: Buffer, chunked: boolean): Buffer {
  if (!chunked) return body;
  const middle = body.length >> 1;
  const chunks = [body.subarray(0, middle), body.subarray(middle)].flatMap((part) =>
    part.length === 0 ? [] : [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")],
  );
  return Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]);
}
