/** Scripts to spoil, and what a client makes of a script: read with eventsource-parser and Node's own decoders. */
import * as zlib from "node:zlib";
import { createParser } from "eventsource-parser";
import * as fc from "fast-check";
import { headerValue } from "../../src/http/headers.ts";
import type { End, Op, Script } from "../../src/http/script.ts";

export const write = (text: string | Uint8Array): Op => ({ op: "write", bytes: Buffer.from(text) });
export const wait = (ms: number): Op => ({ op: "wait", ms });

export function scriptOf(ops: readonly Op[], end: End = "complete"): Script {
  return {
    wait: 5,
    head: {
      http: "1.1",
      status: 200,
      reason: "OK",
      framing: "chunked",
      headers: [
        ["date", null],
        ["content-type", "text/event-stream; charset=utf-8"],
        ["Transfer-Encoding", null],
      ],
    },
    ops: [...ops, { op: end }],
  };
}

export function jsonScript(body: string, framing: "length" | "chunked" = "length"): Script {
  return {
    wait: 5,
    head: {
      http: "1.1",
      status: 200,
      reason: "OK",
      framing,
      headers: [
        ["date", null],
        framing === "length" ? ["content-length", null] : ["Transfer-Encoding", null],
        ["content-type", "application/json"],
      ],
    },
    ops: [write(body), { op: "complete" }],
  };
}

export const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: "c1", model: "ok", choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** A stream as OGL sends it: an event a write, 20 ms apart. */
export function streamScript(...contents: string[]): Script {
  return scriptOf([...contents.flatMap((text) => [wait(20), write(chunk(text))]), write("data: [DONE]\n\n")]);
}

/** The writes of a script that ends; repeats written out. */
export function writesOf(ops: readonly Op[]): Buffer[] {
  return ops.flatMap((op) => {
    if (op.op === "write") return [Buffer.from(op.bytes)];
    if (op.op !== "repeat") return [];
    const round = writesOf(op.ops);
    return Array.from({ length: op.times ?? 3 }, () => round).flat();
  });
}

export const bodyOf = (script: Script): Buffer => Buffer.concat(writesOf(script.ops));
export const textsOf = (script: Script): string[] => writesOf(script.ops).map((bytes) => bytes.toString());
export const endOf = (script: Script): string | undefined => script.ops.at(-1)?.op;
export const waitsOf = (script: Script): number =>
  script.ops.reduce((sum, op) => sum + (op.op === "wait" ? op.ms : 0), 0);

/** The body without its content coding, as a client has it. */
export function decodedBody(script: Script): Buffer {
  const body = bodyOf(script);
  switch (headerValue(script.head?.headers ?? [], "content-encoding")) {
    case "gzip":
      return zlib.gunzipSync(body);
    case "deflate":
      return zlib.inflateSync(body);
    case "br":
      return zlib.brotliDecompressSync(body);
    default:
      return body;
  }
}

/** The data of the events that eventsource-parser gives. */
export function dataOf(body: Uint8Array): string[] {
  const data: string[] = [];
  const parser = createParser({ onEvent: (event) => data.push(event.data) });
  // Without a line feed it would wait whether the last CR is half of a CRLF.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  parser.feed(text.endsWith("\r") ? `${text}\n` : text);
  return data;
}

const content = fc.string({ unit: "grapheme", maxLength: 12 });
const event = fc.oneof(
  { weight: 6, arbitrary: content.map(chunk) },
  { weight: 1, arbitrary: content.map((text) => `: ${text.replaceAll(/[\r\n]/g, "")}\n\n`) },
  { weight: 1, arbitrary: fc.constant("data: two\ndata: lines\n\n") },
  { weight: 1, arbitrary: fc.constant("event: ping\nid: 7\ndata:  padded \n\n") },
);

/** Streams cut into writes anywhere, with waits between them and now and then a round that repeats. */
export const streams: fc.Arbitrary<Script> = fc
  .record({
    events: fc.array(event, { maxLength: 8 }),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
    waits: fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
    rounds: fc.option(fc.record({ text: content, times: fc.integer({ min: 1, max: 3 }) }), {
      nil: undefined,
    }),
    end: fc.constantFrom<End>("complete", "complete", "close"),
  })
  .map(({ events, cuts, waits, rounds, end }) => {
    const body = Buffer.from(`${events.join("")}data: [DONE]\n\n`);
    const locations = [...new Set(cuts.map((at) => at % body.length))]
      .filter(Boolean)
      .toSorted((a, b) => a - b);
    const ops = [0, ...locations].flatMap((from, i): Op[] => [
      ...(waits[i] ? [wait(waits[i])] : []),
      write(body.subarray(from, locations[i] ?? body.length)),
    ]);
    const repeat: Op[] =
      rounds === undefined
        ? []
        : [{ op: "repeat", every: 10, times: rounds.times, ops: [write(chunk(rounds.text)), wait(3)] }];
    return scriptOf([...repeat, ...ops], end);
  });
