/**
 * Compares an answer with the one that a real OGL gave, by what must be equal: all but what time and chance make. Uses
 * nothing of gatetape's own.
 */
import { type Parsed, parseResponse } from "./captures.ts";

/** Where two answers differ; empty if nowhere. */
export function differences(real: Buffer, answered: Buffer): string[] {
  const got = firstAnswer(answered);
  const interim = /^HTTP\/1\.1 1\d\d .*\r\n\r\n/;
  const first = interim.exec(real.toString("latin1"))?.[0] ?? "";
  const found: string[] = [];
  const note = (what: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) !== JSON.stringify(b))
      found.push(
        `${what}: real ${JSON.stringify(a)?.slice(0, 400)}, got ${JSON.stringify(b)?.slice(0, 400)}`,
      );
  };
  note("interim response", first, interim.exec(got.toString("latin1"))?.[0] ?? "");
  const a = parseResponse(real.subarray(first.length));
  const b = parseResponse(got.subarray(first.length));
  note("status line", a.statusLine, b.statusLine);
  note("headers", fixed(a.headers), fixed(b.headers));
  const status = Number(a.statusLine.split(" ")[1]);
  if (status >= 300) note("body", a.body.toString("latin1"), b.body.toString("latin1"));
  else note("body's shape", shapeOfBody(a), shapeOfBody(b));
  return found;
}

/** The first of several answers on one connection: the captures hold no more of a pipeline. */
function firstAnswer(bytes: Buffer): Buffer {
  const second = bytes.indexOf("HTTP/1.1 ", 20);
  return second === -1 || bytes.includes("100 Continue") ? bytes : bytes.subarray(0, second);
}

/** Header lines in order; of the volatile ones only the name. */
function fixed(headers: readonly string[]): string[] {
  return headers.map((header) => header.replace(/^(date|content-length): .*/i, "$1"));
}

function shapeOfBody({ headers, body }: Parsed): unknown {
  const text = body.toString("utf8");
  if (text === "") return "empty";
  if (!headers.some((header) => /^content-type: text\/event-stream/i.test(header)))
    return pattern(JSON.parse(text));
  return text.split("\n").map((line) => {
    const json = line.startsWith("data: {") ? line.slice(6) : undefined;
    try {
      return json === undefined ? line : pattern(JSON.parse(json));
    } catch {
      return line;
    }
  });
}

/** Keys in order and types of values; of a list each kind of element once. */
function pattern(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) {
    const kinds = new Map(value.map((item) => [JSON.stringify(pattern(item)), pattern(item)]));
    return [...kinds.values()];
  }
  if (typeof value !== "object") return typeof value;
  return Object.entries(value).map(([key, item]) => [key, pattern(item)]);
}
