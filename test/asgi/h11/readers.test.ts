import { describe, expect, it } from "vitest";
import { H11Chunks } from "../../../src/asgi/h11/chunks.ts";
import { blankLineEnd, readH11Head } from "../../../src/asgi/h11/head.ts";
import { plainHeadLength } from "../../../src/asgi/h11/scan.ts";
import { MessageParser } from "../../../src/http/http1.ts";

/** Fields as a reader gives them on, each as `name=value`; `undefined` if it refuses the message. */
type Fields = string | undefined;

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
const printed = (fields: readonly (readonly [string, string])[]): string =>
  fields.map(([name, value]) => `${name}=${value}`).join("|");

/** Our strict reader of whole messages (RFC 9112), which keeps spelling and boundaries. */
function strict(head: string): Fields {
  const parser = new MessageParser("request");
  try {
    parser.push(bytesOf(head), 0);
  } catch {
    return undefined;
  }
  return parser.headSeen ? printed(parser.message().headers) : undefined;
}

/** Requests as h11 reads them. */
function h11(head: string): Fields {
  const bytes = bytesOf(head);
  const read = blankLineEnd(bytes, 0) === bytes.length ? readH11Head(bytes) : undefined;
  return read && printed(read.headers);
}

/** True if the fast look leaves the request to Node's parser as it is. */
const plain = (head: string): boolean => plainHeadLength(bytesOf(head)) !== -1;

const LINE = "GET / HTTP/1.1\r\n";
const HOST = "Host: x\r\n";
const long = " ".repeat(400_000);

/** What each reader makes of a head: the strict one, the one like h11, the fast look. */
const HEADS: [name: string, head: string, strict: Fields, h11: Fields, plain: boolean][] = [
  ["a plain request", `${LINE}${HOST}\r\n`, "Host=x", "Host=x", true],
  ["blanks and tabs around a value", `${LINE}Host: \t x \t\r\n\r\n`, "Host=x", "Host=x", true],
  ["an empty value", `${LINE}${HOST}A:\r\n\r\n`, "Host=x|A=", "Host=x|A=", true],
  [
    "every character of a token in a name",
    `${LINE}${HOST}!#$%&'*+-.^_\`|~09azAZ: 1\r\n\r\n`,
    "Host=x|!#$%&'*+-.^_`|~09azAZ=1",
    "Host=x|!#$%&'*+-.^_`|~09azAZ=1",
    true,
  ],
  [
    "a byte above 127 in a value",
    `${LINE}${HOST}A: \u00e9\u0080\r\n\r\n`,
    "Host=x|A=\u00e9\u0080",
    "Host=x|A=\u00e9\u0080",
    true,
  ],
  ["a byte above 127 in a name", `${LINE}${HOST}\u00e9: 1\r\n\r\n`, undefined, undefined, false],
  ["a blank before the colon", `${LINE}${HOST}A : 1\r\n\r\n`, undefined, undefined, false],
  ["a field without a name", `${LINE}${HOST}: 1\r\n\r\n`, undefined, undefined, false],
  ["a field without a colon", `${LINE}${HOST}A\r\n\r\n`, undefined, undefined, false],
  ["a line that is folded", `${LINE}${HOST}A: 1\r\n 2\r\n\r\n`, undefined, "Host=x|A=1 2", false],
  ["lines that end in LF alone", "GET / HTTP/1.1\nHost: x\n\n", "Host=x", "Host=x", false],
  ["a NUL in a value", `${LINE}${HOST}A: \0\r\n\r\n`, "Host=x|A=\0", undefined, false],
  [
    "a control character in a value",
    `${LINE}${HOST}A: a\u0001b\r\n\r\n`,
    "Host=x|A=a\u0001b",
    "Host=x|A=a\u0001b",
    false,
  ],
  ["a CR within a value", `${LINE}${HOST}A: a\rb\r\n\r\n`, "Host=x|A=a\rb", undefined, false],
  ["a method of its own", `FOO / HTTP/1.1\r\n${HOST}\r\n`, "Host=x", "Host=x", false],
  ["a target with a fragment", `GET /#a HTTP/1.1\r\n${HOST}\r\n`, "Host=x", "Host=x", false],
  ["two blanks in the request line", `GET  / HTTP/1.1\r\n${HOST}\r\n`, undefined, undefined, false],
  ["HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n", "", "", false],
  ["HTTP/1.1 without a Host", `${LINE}\r\n`, "", undefined, false],
  ["HTTP/2.0", `GET / HTTP/2.0\r\n${HOST}\r\n`, undefined, "Host=x", false],
  ["two Hosts", `${LINE}${HOST}${HOST}\r\n`, "Host=x|Host=x", undefined, false],
  [
    "a Content-Length",
    `${LINE}${HOST}Content-Length: 3\r\n\r\n`,
    "Host=x|Content-Length=3",
    "Host=x|Content-Length=3",
    true,
  ],
  [
    "two equal Content-Lengths",
    `${LINE}${HOST}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`,
    "Host=x|Content-Length=3|Content-Length=3",
    "Host=x|Content-Length=3",
    false,
  ],
  [
    "two Content-Lengths that differ",
    `${LINE}${HOST}Content-Length: 3\r\nContent-Length: 4\r\n\r\n`,
    undefined,
    undefined,
    false,
  ],
  ["a Content-Length with a sign", `${LINE}${HOST}Content-Length: +3\r\n\r\n`, undefined, undefined, false],
  [
    "chunked",
    `${LINE}${HOST}Transfer-Encoding: Chunked\r\n\r\n`,
    "Host=x|Transfer-Encoding=Chunked",
    "Host=x|Transfer-Encoding=chunked",
    false,
  ],
  [
    "a coding before chunked",
    `${LINE}${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n`,
    "Host=x|Transfer-Encoding=gzip, chunked",
    undefined,
    false,
  ],
  ["a coding alone", `${LINE}${HOST}Transfer-Encoding: gzip\r\n\r\n`, undefined, undefined, false],
  // A reader that tries each blank as the first of those at the end would not be done before the guard.
  [
    "a long run of blanks within a value",
    `${LINE}${HOST}A: a${long}b\r\n\r\n`,
    `Host=x|A=a${long}b`,
    `Host=x|A=a${long}b`,
    true,
  ],
];

describe("the readers of a request's head", () => {
  it.each(HEADS)("%s", (_, head, ...expected) => {
    expect([strict(head), h11(head), plain(head)]).toEqual(expected);
  });

  it("agree on all bytes of a field name", () => {
    for (let code = 0; code < 256; code++) {
      const head = `${LINE}${HOST}a${String.fromCharCode(code)}: 1\r\n\r\n`;
      const taken = [strict(head), h11(head)].map((fields) => fields !== undefined);
      // A colon ends the name: the rest is a value.
      expect([code, ...taken]).toEqual([code, plain(head), plain(head)]);
    }
  });
});

/** A body as the strict reader sees it: chunks, then trailers. */
function strictBody(body: string): Fields {
  const parser = new MessageParser("request");
  try {
    parser.push(bytesOf(`${LINE}${HOST}Transfer-Encoding: chunked\r\n\r\n${body}`), 0);
  } catch {
    return undefined;
  }
  const { reads, complete } = parser.message();
  return complete ? reads.map(({ bytes }) => Buffer.from(bytes).toString("latin1")).join("|") : "…";
}

/** A body as h11 reads it, given whole or, which must be the same, byte by byte. */
function h11Body(body: string, step: number): Fields {
  const chunks = new H11Chunks();
  const data: string[] = [];
  try {
    for (let at = 0; at < body.length; at += step)
      chunks.push(bytesOf(body.slice(at, at + step)), (segment) => data.push(segment.toString("latin1")));
  } catch {
    return undefined;
  }
  return chunks.done ? data.join(step === 1 ? "" : "|") : "…";
}

/** What each reader makes of a chunked body: the strict one and the one like h11; `…` if it waits for more. */
const BODIES: [name: string, body: string, strict: Fields, h11: Fields][] = [
  ["two chunks", "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "ab|c", "ab|c"],
  ["no chunk", "0\r\n\r\n", "", ""],
  [
    "digits in both cases, with zeros before them",
    "00A\r\n0123456789\r\n00a\r\n0123456789\r\n0\r\n\r\n",
    "0123456789|0123456789",
    "0123456789|0123456789",
  ],
  ["an extension", "1;a=b\r\nx\r\n0;c\r\n\r\n", "x", "x"],
  ["blanks after a size", "1 \t\r\nx\r\n0\r\n\r\n", "x", "x"],
  ["blanks before an extension", "1 ;a\r\nx\r\n0\r\n\r\n", "x", undefined],
  ["a size of 20 digits", `${"0".repeat(19)}1\r\nx\r\n0\r\n\r\n`, "x", "x"],
  ["a size of 21 digits", `${"0".repeat(20)}1\r\nx\r\n0\r\n\r\n`, "x", undefined],
  ["a size line that ends in LF alone", "1\nx\r\n0\r\n\r\n", "x", undefined],
  ["a size with a sign", "+1\r\nx\r\n0\r\n\r\n", undefined, undefined],
  ["a size with a prefix", "0x1\r\nx\r\n0\r\n\r\n", undefined, undefined],
  ["no size", "\r\nx\r\n0\r\n\r\n", undefined, undefined],
  ["a chunk longer than its size", "1\r\nxy\r\n0\r\n\r\n", undefined, undefined],
  ["trailers", "1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\n", "x", "x"],
  ["a trailer that is no field", "1\r\nx\r\n0\r\nA 1\r\n\r\n", undefined, undefined],
  ["a folded trailer", "1\r\nx\r\n0\r\nA: 1\r\n 2\r\n\r\n", undefined, "x"],
  ["an end that has not come", "1\r\nx\r\n0\r\n", "…", "…"],
];

describe("the readers of a chunked body", () => {
  it.each(BODIES)("%s", (_, body, ...expected) => {
    expect([strictBody(body), h11Body(body, body.length)]).toEqual(expected);
    expect(h11Body(body, 1)).toBe(expected[1]?.replaceAll("|", ""));
  });
});
