import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageParser } from "../../src/http/http1.ts";
import type { Header } from "../../src/http/script.ts";
import { statusLine, writeChunk, writeHead, writeLastChunk } from "../../src/http/writer.ts";

const TOKEN = [..."!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz"];
const visible = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
  (char) => char === "\t" || (char >= " " && char !== "\u007f"),
);
const name = fc
  .string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 20 })
  .filter((text) => !/^(?:content-length|transfer-encoding)$/i.test(text));
// The blanks around a value are not part of it (RFC 9112 section 5).
const value = fc
  .string({ unit: fc.constantFrom(...visible), maxLength: 40 })
  .map((text) => text.replaceAll(/^[ \t]+|[ \t]+$/g, ""));
const fields = fc.array(fc.tuple(name, value), { maxLength: 8 });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("the writer of messages", () => {
  it("prints response heads that the reader gives back", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("1.0", "1.1"),
        fc.integer({ min: 200, max: 599 }),
        value,
        fields,
        (http, status, reason, headers) => {
          const parser = new MessageParser("response");
          const line = statusLine(http, status, reason);
          const bytes = writeHead(line, headers);
          parser.push(bytes, 0);
          expect(parser.message()).toMatchObject({ startLine: line, http, headers });
          expect(parser.headEnd).toBe(bytes.length);
        },
      ),
    );
  });

  it("prints request heads that the reader gives back", () => {
    const target = fc
      .string({ unit: fc.constantFrom(..."/abc?%=&09"), maxLength: 30 })
      .map((rest) => `/${rest}`);
    fc.assert(
      fc.property(name, target, fields, (method, path, headers) => {
        const parser = new MessageParser("request");
        parser.push(writeHead(`${method} ${path} HTTP/1.1`, headers), 0);
        expect(parser.message()).toMatchObject({
          startLine: `${method} ${path} HTTP/1.1`,
          headers,
          complete: true,
        });
      }),
    );
  });

  it("frames chunks and trailers that the reader gives back", () => {
    const reads = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(reads, fields, (chunks, trailers) => {
        const parser = new MessageParser("response");
        parser.push(writeHead(statusLine("1.1", 200, "OK"), [["Transfer-Encoding", "chunked"]]), 0);
        for (const bytes of chunks) parser.push(writeChunk(bytes), 1);
        parser.push(writeLastChunk(trailers), 2);
        const message = parser.message();
        expect(message.reads.map(({ bytes }) => text(bytes))).toEqual(chunks.map(text));
        expect(message).toMatchObject({ trailers, complete: true });
      }),
    );
  });

  it("prints a value that is not known as empty, and a size line that is wrong on purpose as it stands", () => {
    const headers: Header[] = [["date", null]];
    expect(text(writeHead("HTTP/1.1 200 ", headers))).toBe("HTTP/1.1 200 \r\ndate: \r\n\r\n");
    expect(text(writeLastChunk(headers))).toBe("0\r\ndate: \r\n\r\n");
    expect(text(writeChunk(Buffer.from("abcdefghijklmnop")))).toBe("10\r\nabcdefghijklmnop\r\n");
    expect(text(writeChunk(Buffer.from("ab"), "zz"))).toBe("zz\r\nab\r\n");
  });
});
