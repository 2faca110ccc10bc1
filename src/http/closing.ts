import { hasHeader } from "./headers.ts";
import type { Head, Header, Script } from "./script.ts";

const CLOSE = /(?:^|\W)close(?:$|\W)/i;
const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;
const FRAMING: ReadonlySet<string> = new Set(["connection", "transfer-encoding", "content-length"]);

const known = { chunks: new WeakMap<Script, Script>(), noChunks: new WeakMap<Script, Script>() };

/**
 * A script for a client whose connection ends after it, as h11 sends it: `Connection: close` comes last, and a client of
 * HTTP/1.0 gets a body of unknown length without chunks (observed on OGL 0.4.1: http-conn-close, http-http10-keepalive). A
 * script with a 1.0 status line or without a head stays as it is.
 *
 * @param version of the request: `1.1`, `1.0` …
 */
export function closingScript(script: Script, version: string): Script {
  const { head } = script;
  if (head === null || head.http === "1.0") return script;
  const noChunks = version < "1.1" && hasHeader(head.headers, "transfer-encoding");
  const scripts = noChunks ? known.noChunks : known.chunks;
  let closing = scripts.get(script);
  if (closing === undefined) {
    closing = { ...script, head: closingHead(head, noChunks) };
    scripts.set(script, closing);
  }
  return closing;
}

function closingHead(head: Head, noChunks: boolean): Head {
  const kept = head.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return noChunks ? !FRAMING.has(lower) : lower !== "connection";
  });
  const headers: readonly Header[] = [...kept, ["Connection", "close"]];
  return { ...head, headers, ...(noChunks && head.framing === "chunked" ? { framing: "eof" } : {}) };
}

/**
 * Whether a connection stays open after a message: not if the head says `close`, and not if only the connection's end ends
 * the body.
 *
 * @param method of the request
 */
export function staysOpen(head: Head, method: string): boolean {
  let framed = !mayHaveBody(head, method);
  for (const [name, value] of head.headers) {
    switch (name.toLowerCase()) {
      case "connection":
        if (value !== null && CLOSE.test(value)) return false;
        break;
      case "transfer-encoding":
        if (isBodiless(head.status) && (value === null || CHUNKED.test(value))) return false;
        framed = true;
        break;
      case "content-length":
        framed = true;
        break;
      default:
    }
  }
  return framed;
}

/** False for messages that have no body, whatever their head says (RFC 9110 section 6.4.1). */
export function mayHaveBody({ status }: Head, method: string): boolean {
  return method !== "HEAD" && !isBodiless(status) && status >= 200;
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}
