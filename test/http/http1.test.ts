import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HttpParseError, MessageParser, type RawMessage } from "../../src/http/http1.ts";
import { scaled } from "../support/scaled.ts";

type Side = "request" | "response";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

function cutUp(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const locations = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...locations].map((from, i) => bytes.subarray(from, locations[i] ?? bytes.length));
}

function parserOf(side: Side, reads: readonly Uint8Array[], method = "GET"): MessageParser {
  const parser = new MessageParser(side, method);
  for (const [i, read] of reads.entries()) parser.push(read, i);
  return parser;
}

const response = (text: string, method = "GET"): MessageParser =>
  parserOf("response", [latin1(text)], method);
const request = (text: string): MessageParser => parserOf("request", [latin1(text)]);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const bodies = (parser: MessageParser): string[] => parser.message().reads.map((read) => textOf(read.bytes));

/** A message without its times; where the framing has no chunks, the pieces are the reads, and only their sum is compared. */
function timeless({
  startLine,
  status,
  reason,
  http,
  headers,
  framing,
  informational,
  reads,
  trailers,
  complete,
}: RawMessage): unknown {
  const texts = reads.map(({ bytes }) => textOf(bytes));
  return {
    startLine,
    status,
    reason,
    http,
    headers,
    framing,
    informational,
    reads: framing === "chunked" ? texts : [texts.join("")],
    trailers,
    complete,
  };
}

const token = fc
  .string({ unit: fc.constantFrom(..."aBcX-_.1"), minLength: 1, maxLength: 8 })
  .map((name) => `x${name}`);
const fieldValue = fc
  .string({ unit: fc.constantFrom(...'ab:; ,\t=\u00e9\u0080\u00ff"'), maxLength: 10 })
  .map((text) => text.trim());
const header = fc.tuple(token, fieldValue);
const body = fc.uint8Array({ maxLength: 40 }).map(textOf);
const blanks = fc.constantFrom("", " ", "  ", "\t");
const cuts = fc.array(fc.nat(), { maxLength: 14 });

const headText = (headers: readonly (readonly [string, string])[], gap: string): string =>
  headers.map(([name, value]) => `${name}:${gap}${value}${gap}\r\n`).join("");

interface Sample {
  readonly text: string;
  readonly message: unknown;
}

const chunkedResponse: fc.Arbitrary<Sample> = fc
  .record({
    informational: fc.array(
      fc.tuple(
        fc.constantFrom(100, 102, 103),
        fc.constantFrom("", "Early Hints"),
        fc.array(header, { maxLength: 2 }),
      ),
      { maxLength: 2 },
    ),
    headers: fc.array(header, { maxLength: 4 }),
    gap: blanks,
    chunks: fc.array(
      body.filter((chunk) => chunk !== ""),
      { maxLength: 5 },
    ),
    extension: fc.constantFrom("", ";a=b", ' ; a="b;c"'),
    upper: fc.boolean(),
    trailers: fc.array(header, { maxLength: 3 }),
  })
  .map(({ informational, headers, gap, chunks, extension, upper, trailers }) => {
    const size = (chunk: string): string =>
      upper ? `0${chunk.length.toString(16).toUpperCase()}` : chunk.length.toString(16);
    const framed: [string, string][] = [...headers, ["Transfer-Encoding", "chunked"]];
    return {
      text: [
        ...informational.map(
          ([status, reason, pairs]) => `HTTP/1.1 ${status} ${reason}\r\n${headText(pairs, gap)}\r\n`,
        ),
        `HTTP/1.1 200 OK\r\n${headText(framed, gap)}\r\n`,
        ...chunks.map((chunk) => `${size(chunk)}${extension}\r\n${chunk}\r\n`),
        `0${extension}\r\n${headText(trailers, gap)}\r\n`,
      ].join(""),
      message: {
        startLine: "HTTP/1.1 200 OK",
        status: 200,
        reason: "OK",
        http: "1.1",
        headers: framed,
        framing: "chunked",
        informational: informational.map(([status, reason, pairs]) => ({ status, reason, headers: pairs })),
        reads: chunks,
        trailers,
        complete: true,
      },
    };
  });

const sizedRequest: fc.Arbitrary<Sample> = fc
  .record({
    headers: fc.array(header, { maxLength: 4 }),
    gap: blanks,
    content: body,
    http: fc.constantFrom("1.0", "1.1"),
  })
  .map(({ headers, gap, content, http }) => {
    const framed: [string, string][] = [...headers, ["content-LENGTH", String(content.length)]];
    return {
      text: `POST /v1/x?y=%20 HTTP/${http}\r\n${headText(framed, gap)}\r\n${content}`,
      message: {
        startLine: `POST /v1/x?y=%20 HTTP/${http}`,
        status: 0,
        reason: "",
        http,
        headers: framed,
        framing: "length",
        informational: [],
        reads: [content],
        trailers: [],
        complete: true,
      },
    };
  });

describe("a message that comes in any pieces", () => {
  it.each([
    ["a chunked response with interim heads and trailers", "response" as const, chunkedResponse],
    ["a request with content-length", "request" as const, sizedRequest],
  ])("%s", (_, side, samples) => {
    fc.assert(
      fc.property(samples, cuts, ({ text, message }, at) => {
        const parser = parserOf(side, cutUp(latin1(text), at));
        expect(timeless(parser.message())).toEqual(message);
        expect([parser.done, parser.rest.length]).toEqual([true, 0]);
      }),
      { numRuns: scaled(800) },
    );
  });

  it("a response that the end of the connection completes", () => {
    fc.assert(
      fc.property(body, cuts, (content, at) => {
        const parser = parserOf("response", cutUp(latin1(`HTTP/1.0 200 OK\r\na: b\r\n\r\n${content}`), at));
        expect([parser.done, parser.message().framing]).toEqual([false, "eof"]);
        parser.eof(99);
        expect(timeless(parser.message())).toEqual({
          startLine: "HTTP/1.0 200 OK",
          status: 200,
          reason: "OK",
          http: "1.0",
          headers: [["a", "b"]],
          framing: "eof",
          informational: [],
          reads: [content],
          trailers: [],
          complete: true,
        });
        expect(parser.message().endAt).toBe(99);
      }),
    );
  });

  it("leaves what follows the message to the next one", () => {
    fc.assert(
      fc.property(
        chunkedResponse,
        fc.string({ unit: fc.constantFrom("H", "\r", "\n", "0"), minLength: 1, maxLength: 6 }),
        cuts,
        ({ text, message }, next, at) => {
          const reads = cutUp(latin1(text + next), at);
          const parser = parserOf("response", reads);
          expect(timeless(parser.message())).toEqual(message);
          expect(textOf(parser.rest)).toBe(next);
        },
      ),
    );
  });

  it("is not complete before its last byte", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          chunkedResponse.map((sample) => ["response", sample] as const),
          sizedRequest.map((sample) => ["request", sample] as const),
        ),
        fc.nat(),
        ([side, { text }], at) => {
          const parser = parserOf(side, [latin1(text.slice(0, at % text.length))]);
          parser.eof(1);
          expect([parser.done, parser.message().complete]).toEqual([false, false]);
        },
      ),
    );
  });
});

describe("times", () => {
  it("are those of the head, of each piece's last byte, and of the end", () => {
    const parser = new MessageParser("response");
    const parts = [
      "HTTP/1.1 200 OK\r\ntransfer-",
      "encoding: chunked\r\n\r\n5\r\n",
      "ab",
      "cde\r\n1\r\nf",
      "\r\n0\r\n",
      "\r\n",
    ];
    for (const [i, part] of parts.entries()) parser.push(latin1(part), i * 10);
    const { headAt, reads, endAt } = parser.message();
    expect([headAt, reads.map(({ at, bytes }) => [at, textOf(bytes)]), endAt]).toEqual([
      10,
      [
        [30, "abcde"],
        [30, "f"],
      ],
      50,
    ]);
  });

  it("tell the reads apart where there are no chunks", () => {
    const parser = parserOf(
      "response",
      ["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\na", "bc", "d"].map(latin1),
    );
    expect(parser.message().reads.map(({ at, bytes }) => [at, textOf(bytes)])).toEqual([
      [0, "a"],
      [1, "bc"],
      [2, "d"],
    ]);
  });
});

describe("framing", () => {
  it.each([
    ["HEAD with content-length", "HTTP/1.1 200 OK\r\ncontent-length: 31\r\n\r\n", "HEAD", "none"],
    ["HEAD with chunked", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "HEAD", "none"],
    ["204", "HTTP/1.1 204 No Content\r\n\r\n", "GET", "none"],
    ["204 with content-length", "HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\n", "GET", "none"],
    ["304 with content-length", "HTTP/1.1 304 Not Modified\r\ncontent-length: 3\r\n\r\n", "GET", "none"],
    ["content-length 0", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "GET", "length"],
    [
      "chunked beats content-length",
      "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
      "GET",
      "chunked",
    ],
    [
      "chunked as the last coding",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "GET",
      "chunked",
    ],
    [
      "chunked as the last coding, in two lines",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET",
      "chunked",
    ],
  ])("%s", (_, text, method, framing) => {
    const parser = response(text, method);
    expect([parser.message().framing, parser.done, bodies(parser)]).toEqual([framing, true, []]);
  });

  it("101 ends the interim heads: what follows is no HTTP", () => {
    const parser = response("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n\x81\x00");
    expect([parser.message().startLine, parser.message().informational, parser.message().framing]).toEqual([
      "HTTP/1.1 101 Switching Protocols",
      [],
      "eof",
    ]);
  });

  it("a request without length has no body", () => {
    const parser = request("GET / HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    expect([parser.message().framing, textOf(parser.rest)]).toEqual(["none", "GET /2 HTTP/1.1\r\n\r\n"]);
  });

  it("a chunked request has its chunks", () => {
    expect(
      bodies(request("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n")),
    ).toEqual(["a", "bc"]);
  });

  it("bare LF ends lines too", () => {
    const parser = response("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\na\n0\nt: 1\n\n");
    expect([bodies(parser), parser.message().trailers, parser.done]).toEqual([["a"], [["t", "1"]], true]);
  });

  it("a status line may go without a reason", () => {
    expect(response("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n").message().startLine).toBe("HTTP/1.1 200");
  });
});

describe("a message cut short", () => {
  it("keeps the chunks that came whole and the bytes of the one that did not", () => {
    const parser = response("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n9\r\ncde");
    parser.eof(1);
    expect([bodies(parser), parser.message().complete]).toEqual([["ab", "cde"], false]);
  });

  it("keeps what came of a body with content-length", () => {
    const parser = response("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc");
    parser.eof(1);
    expect([bodies(parser), parser.message().complete]).toEqual([["abc"], false]);
  });
});

describe("the bytes of a header's value", () => {
  it("each give the character of their number", () => {
    const value = Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join("");
    expect(
      response(`HTTP/1.1 200 OK\r\nx: "${value}"\r\ncontent-length: 0\r\n\r\n`).message().headers[0],
    ).toEqual(["x", `"${value}"`]);
  });

  it("0xA0 at the end is no blank: it ends the UTF-8 of an à", () => {
    expect(
      response(`HTTP/1.1 200 OK\r\nx: ${textOf(Buffer.from("voilà"))}\r\ncontent-length: 0\r\n\r\n`).message()
        .headers[0],
    ).toEqual(["x", textOf(Buffer.from("voilà"))]);
  });

  it("in a reason phrase too", () => {
    expect(response("HTTP/1.1 200 \x85\xa0\r\ncontent-length: 0\r\n\r\n").message().startLine).toBe(
      "HTTP/1.1 200 \x85\xa0",
    );
  });
});

describe("bytes that are no HTTP/1", () => {
  const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  it.each<[string, Side, string, string]>([
    ["no status line", "response", "", "garbage\r\n\r\n"],
    ["a request where a response is due", "response", "", "GET / HTTP/1.1\r\n\r\n"],
    ["HTTP/2's preface", "request", "", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a target with a blank", "request", "", "GET /a b HTTP/1.1\r\n\r\n"],
    ["a header without colon", "response", "HTTP/1.1 200 OK\r\n", "nocolon\r\n\r\n"],
    ["a header without name", "response", "HTTP/1.1 200 OK\r\n", ": x\r\n\r\n"],
    ["a blank before the colon", "request", "GET / HTTP/1.1\r\n", "name : x\r\n\r\n"],
    ["a blank in a name", "response", "HTTP/1.1 200 OK\r\n", "two words: x\r\n\r\n"],
    ["a folded header", "response", "HTTP/1.1 200 OK\r\na: b\r\n", " c: d\r\n\r\n"],
    ["a content-length that is no number", "response", "HTTP/1.1 200 OK\r\n", "content-length: abc\r\n\r\n"],
    ["a negative content-length", "response", "HTTP/1.1 200 OK\r\n", "content-length: -1\r\n\r\n"],
    [
      "two content-lengths that differ",
      "request",
      "POST / HTTP/1.1\r\n",
      "content-length: 1\r\ncontent-length: 2\r\n\r\nab",
    ],
    [
      "a transfer-encoding that is not chunked, in a response",
      "response",
      "HTTP/1.1 200 OK\r\n",
      "transfer-encoding: gzip\r\n\r\n",
    ],
    [
      "a transfer-encoding that is not chunked, in a request",
      "request",
      "POST / HTTP/1.1\r\n",
      "transfer-encoding: gzip\r\n\r\n",
    ],
    ["a chunk size that is no number", "response", chunked, "x\r\n"],
    ["an empty chunk size", "response", chunked, "\r\n"],
    ["a negative chunk size", "response", chunked, "-1\r\n"],
    ["a chunk longer than its size", "response", chunked, "1\r\nab\r\n"],
    ["a trailer without colon", "response", `${chunked}0\r\n`, "nocolon\r\n\r\n"],
  ])("%s", (_, side, good, bad) => {
    const thrown = (reads: readonly Uint8Array[]): unknown => {
      try {
        return parserOf(side, reads).message();
      } catch (error) {
        return error;
      }
    };
    const bytes = latin1(good + bad);
    const error = thrown([bytes]);
    expect(error).toBeInstanceOf(HttpParseError);
    const { location, message } = error as HttpParseError;
    const { offset } = location;
    // Somewhere from the start of what is wrong to the end of the line or head that it is in.
    expect(offset).toBeGreaterThanOrEqual(good.length);
    expect(offset).toBeLessThanOrEqual(bytes.length);
    expect(message).toContain(`(at byte ${offset})`);
    expect(thrown([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(error);
  });

  it("a head without end, at 1 MiB and not before", () => {
    const parser = new MessageParser("response");
    const line = latin1(`x: ${"y".repeat(1021)}\n`);
    parser.push(latin1("HTTP/1.1 200 OK\n"), 0);
    for (let i = 0; i < 1000; i++) parser.push(line, 0);
    expect(() => {
      for (let i = 0; i < 30; i++) parser.push(line, 0);
    }).toThrow(HttpParseError);
  });
});
