import { createParser, type EventSourceMessage } from "eventsource-parser";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SseToken, SseTokenizer, decodeSse, encodeSse, sseEvents } from "../../src/http/sse.ts";
import { cpuMs } from "../support/cpu.ts";
import { scaled } from "../support/scaled.ts";

const RUNS = { numRuns: scaled(600) };
const BOM = Buffer.from("\uFEFF");

/** The bytes in pieces, cut wherever the numbers fall. */
function cutUp(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const locations = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...locations].map((from, i) => bytes.subarray(from, locations[i] ?? bytes.length));
}

function tokensOf(reads: readonly Uint8Array[]): SseToken[] {
  const tokenizer = new SseTokenizer();
  return [...reads.flatMap((read) => tokenizer.push(read)), ...tokenizer.end()];
}

/**
 * What eventsource-parser makes of a stream. It deviates from the WHATWG text in one place, which is normalised: it
 * strips the characters U+00EF U+00BB U+00BF too (a BOM read as latin1), so a stream that has no BOM of its own is given
 * one for it to spend. A CR at the end of a piece ends its line at once there and with the next byte here; whoever reads
 * all events sees no difference. (`ignoreBOM`: Node's own decoder takes away two BOMs where the first one is cut.)
 */
function oracle(reads: readonly Uint8Array[]): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const texts = [...reads.map((read) => decoder.decode(read, { stream: true })), decoder.decode()];
  if (!texts.join("").startsWith("\uFEFF")) parser.feed("\uFEFF");
  for (const text of texts) parser.feed(text);
  return events;
}

const plain = (tokens: readonly SseToken[]): object[] =>
  tokens.map(({ bytes, ...token }) => ({ ...token, bytes: Buffer.from(bytes).toString("hex") }));
const seen = (tokens: readonly SseToken[]): EventSourceMessage[] =>
  sseEvents(tokens).map(({ event, id, data }) => ({ event, id, data }));

/** The kind of a line by its text alone. */
function kindOf(shown: string, index: number, last: boolean): string | undefined {
  if (index === 0 && shown === "\u00EF\u00BB\u00BF") return "bom";
  if (last && !/[\r\n]/.test(shown)) return "tail";
  if (!/^[^\r\n]*(?:\r\n|\r|\n)$/.test(shown)) return undefined;
  return /^[\r\n]/.test(shown) ? "blank" : shown.startsWith(":") ? "comment" : "field";
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });
const lineEnd = fc.constantFrom("\n", "\n", "\r\n", "\r");
const value = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "  two",
    "a:b",
    ":",
    "{}",
    "[DONE]",
    "\0",
    "a\0b",
    "é\u2028\u2029",
    "\u{1F600}",
    "\uFEFF",
    "1000",
    "12x",
    "\t",
    "\u00EF\u00BB\u00BF",
  ),
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.replaceAll(/[\r\n]/g, "")),
);
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom("data", "data", "data", "event", "id", "retry"),
        fc.constantFrom(":", ": ", ":  "),
        value,
      )
      .map((parts) => parts.join("")),
  },
  { weight: 4, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "data",
      "event",
      "id",
      "retry",
      "dat",
      "data2",
      "Data: x",
      " data: x",
      "unknown: x",
      "noise",
      '{"detail":"x"}',
    ),
  },
  { weight: 1, arbitrary: value.map((text) => `:${text}`) },
);
const brokenUtf8 = fc
  .constantFrom([0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f], [0x80], [0xed, 0xa0, 0x80], [0xc0, 0xaf])
  .map((bytes) => Buffer.from(bytes));
const text = (part: fc.Arbitrary<string>): fc.Arbitrary<Buffer> => part.map((some) => Buffer.from(some));
const stream: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom<Uint8Array[]>(
      [],
      [],
      [],
      [],
      [BOM],
      [BOM, BOM],
      [BOM.subarray(0, 2)],
      [Buffer.from("\u00EF\u00BB\u00BF")],
    ),
    fc.array(
      fc.tuple(
        text(line),
        fc.oneof({ weight: 9, arbitrary: fc.constant(Buffer.alloc(0)) }, brokenUtf8),
        text(value),
        text(lineEnd),
      ),
      { maxLength: 14, size: "max" },
    ),
    fc.oneof(fc.constant(Buffer.alloc(0)), text(line)),
  )
  .map(([start, lines, tail]) =>
    Buffer.concat([
      ...start,
      ...lines.flatMap(([head, broken, rest, end]) =>
        broken.length > 0 ? [head, broken, rest, end] : [head, end],
      ),
      tail,
    ]),
  );
const anyBytes = fc.oneof(
  stream,
  fc.uint8Array({ maxLength: 60 }),
  fc
    .array(fc.constantFrom(10, 13, 58, 32, 0xef, 0xbb, 0xbf, 100), { maxLength: 24 })
    .map((bytes) => Uint8Array.from(bytes)),
);

describe("the SSE tokenizer", () => {
  it("loses no byte, however the stream is cut", () => {
    fc.assert(
      fc.property(anyBytes, cuts, (bytes, at) => {
        expect(Buffer.from(encodeSse(decodeSse(bytes))).equals(bytes)).toBe(true);
        expect(Buffer.from(encodeSse(tokensOf(cutUp(bytes, at)))).equals(bytes)).toBe(true);
      }),
      RUNS,
    );
  });

  it("gives the same tokens wherever the stream is cut", () => {
    fc.assert(
      fc.property(anyBytes, cuts, (bytes, at) => {
        const whole = plain(decodeSse(bytes));
        expect(plain(tokensOf(cutUp(bytes, at)))).toEqual(whole);
        expect(plain(tokensOf([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(whole);
      }),
      RUNS,
    );
  });

  it("gives each token one line, its kind, and its place in the stream", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        let at = 0;
        for (const [i, token] of decodeSse(bytes).entries()) {
          expect(token.start).toBe(at);
          at += token.bytes.length;
          const shown = Buffer.from(token.bytes).toString("latin1");
          expect(kindOf(shown, i, at === bytes.length)).toBe(token.kind);
        }
        expect(at).toBe(bytes.length);
      }),
      RUNS,
    );
  });

  it("holds nothing back but an unfinished line, a CR that may become CRLF, and the start of a BOM", () => {
    const kinds = (...reads: string[]): string[][] => {
      const tokenizer = new SseTokenizer();
      return reads.map((read) => tokenizer.push(Buffer.from(read, "latin1")).map((token) => token.kind));
    };
    expect(kinds("data: x\n\n", "data: y\n", "\n")).toEqual([["field", "blank"], ["field"], ["blank"]]);
    expect(kinds("data: x\r", "\n\r", "\n", ": c")).toEqual([[], ["field"], ["blank"], []]);
    expect(kinds("data: x\r", "data: y\r", "z")).toEqual([[], ["field"], ["field"]]);
    expect(kinds("\xef", "\xbb", "\xbf", "\n")).toEqual([[], [], ["bom"], ["blank"]]);
    expect(kinds("\xef\xbb", "\n")).toEqual([[], ["field"]]);
  });

  it("takes time in proportion to a long line that comes packet by packet", () => {
    const tokenizer = new SseTokenizer();
    const packet = Buffer.alloc(1460, "x");
    const ms = cpuMs(() => {
      for (let i = 0; i < 2048; i++) tokenizer.push(packet);
      const [token] = tokenizer.push(Buffer.from("\n"));
      expect(token?.bytes.length).toBe(2048 * 1460 + 1);
    });
    expect(ms).toBeLessThan(1000);
  });
});

describe("the events of a stream", () => {
  it("are those that eventsource-parser gives", () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: stream }, anyBytes), cuts, (bytes, at) => {
        const reads = cutUp(bytes, at);
        expect(seen(tokensOf(reads))).toEqual(oracle(reads));
      }),
      { numRuns: scaled(3000) },
    );
  });

  it("are found by the generator: a test of many events, not of none", () => {
    const counts = fc.sample(stream, { numRuns: 300, seed: 7 }).map((bytes) => oracle([bytes]).length);
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(100);
    expect(Math.max(...counts)).toBeGreaterThan(2);
  });

  it.each([
    ["multi-line data", "data: a\ndata: b\n\n", [{ event: undefined, id: undefined, data: "a\nb" }]],
    [
      "empty data",
      "data\n\ndata:\n\n",
      [
        { event: undefined, id: undefined, data: "" },
        { event: undefined, id: undefined, data: "" },
      ],
    ],
    ["no data", "event: x\n\nid: 1\n\n", []],
    [
      "an event name, used once",
      "event: ping\ndata: 1\n\ndata: 2\n\n",
      [
        { event: "ping", id: undefined, data: "1" },
        { event: undefined, id: undefined, data: "2" },
      ],
    ],
    [
      "an empty event name",
      "event: ping\nevent:\ndata: 1\n\n",
      [{ event: undefined, id: undefined, data: "1" }],
    ],
    ["an id with NUL, ignored", "id: 7\nid: 8\0\ndata: 1\n\n", [{ event: undefined, id: "7", data: "1" }]],
    ["an empty id", "id\ndata: 1\n\n", [{ event: undefined, id: "", data: "1" }]],
    [
      "one blank stripped after the colon",
      "data:  a\n\ndata:\ta\n\n",
      [
        { event: undefined, id: undefined, data: " a" },
        { event: undefined, id: undefined, data: "\ta" },
      ],
    ],
    ["U+2028 is no line end", "data: a\u2028b\n\n", [{ event: undefined, id: undefined, data: "a\u2028b" }]],
    [
      "a block without its blank line",
      "data: 1\n\ndata: 2\n",
      [{ event: undefined, id: undefined, data: "1" }],
    ],
    [
      "a line without its end",
      "data: 1\n\ndata: 2\n\r",
      [
        { event: undefined, id: undefined, data: "1" },
        { event: undefined, id: undefined, data: "2" },
      ],
    ],
    [
      "a second BOM, which makes the field unknown",
      "\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n",
      [{ event: undefined, id: undefined, data: "2" }],
    ],
  ])("%s", (_, source, expected) => {
    expect(seen(decodeSse(Buffer.from(source)))).toEqual(expected);
    expect(oracle([Buffer.from(source)])).toEqual(expected);
  });

  it("name their bytes: blocks follow each other without overlap and hold their data", () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const tokens = decodeSse(bytes);
        let before = 0;
        for (const { start, end, event, id, data } of sseEvents(tokens)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          before = end;
          // Its bytes alone are that event again; a BOM in front keeps a U+FEFF within from being taken for one.
          expect(seen(decodeSse(Buffer.concat([BOM, bytes.subarray(start, end)])))).toEqual([
            { event, id, data },
          ]);
        }
        expect(before).toBeLessThanOrEqual(bytes.length);
      }),
      RUNS,
    );
  });

  // A reader that looks at bytes again for each event, line or piece would not come to an end here before the guard.
  it.each<[string, string, number, number]>([
    ["100,000 events", `data: ${"x".repeat(492)}\n\n`, 100_000, 100_000],
    ["one event of 100,000 lines", `data: ${"x".repeat(493)}\n`, 100_000, 1],
    ["one line", `data: ${"x".repeat(50_000_000 - 7)}\n`, 1, 1],
  ])("are read in linear time: 50 MB in %s", (_, repeated, times, expected) => {
    const bytes = Buffer.concat([Buffer.alloc(repeated.length * times, repeated), Buffer.from("\n")]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 4096) }, (__, i) =>
      bytes.subarray(i * 4096, (i + 1) * 4096),
    );
    const events = sseEvents(tokensOf(pieces));
    const blanks = repeated.endsWith("\n\n") ? 0 : 1;
    expect([events.length, events.at(-1)?.end]).toEqual([expected, 50_000_000 + blanks]);
    expect(events.reduce((sum, { data }) => sum + data.length, 0)).toBe(
      (repeated.trimEnd().length - "data: ".length) * times + (times / expected - 1),
    );
  });

  it("count comments before the first field to the event, and a BOM to none", () => {
    const [first, second] = sseEvents(
      decodeSse(Buffer.from("\uFEFF: hello\ndata: 1\n\n: more\ndata: 2\n\n")),
    );
    expect([first?.start, first?.end, second?.start, second?.end]).toEqual([3, 20, 20, 36]);
  });
});
